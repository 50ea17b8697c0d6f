"""The maker of the cases needs programs that the tests do not."""

collect_ignore = ["make_cases.py", "make_ieee_european_lv.py", "make_pandapower_files.py"]
