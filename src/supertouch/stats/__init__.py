"""The numbers: arrays and moments in, small frozen records out; no study, no file, no frame."""
