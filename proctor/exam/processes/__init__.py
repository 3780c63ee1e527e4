"""The processes of an exam: two zygotes that fork, the folders of a fork, and who removes what is left."""
