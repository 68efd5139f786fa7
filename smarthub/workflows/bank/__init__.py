"""What passes between the co-op and who moves its money: methods, files, events, pay-outs."""
