"""Meters, registers, channels and reads, and the checks a read must pass.

Reads are facts: they come in once and stay, each naming the file and row it came from; a
correction is a new fact beside the old. Start of the stream.

Besides the usual files, ``profiles`` holds how other senders' files are mapped: values that formats
and workflows share.
"""
