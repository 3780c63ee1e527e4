"""``proctor report``: what a class shows, as one page and tables.

reading     the gradebook, in a second for thousands  -> values
anonymity   the same without names
statistics, diagnoses, attention, similarity          what is counted, of values
figures, page, csvs                                   how it is shown
"""
