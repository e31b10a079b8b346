"""What runs beside a student's code: a process that imports nothing of fnnet, and returns raw arrays."""
