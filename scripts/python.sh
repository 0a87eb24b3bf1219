#!/bin/sh
# Print the Python that .venv is made of: python3, or the system's where python3 was compiled without
# profile-guided optimization (as pyenv does unless told otherwise), which takes a quarter more time.
optimized='import sys, sysconfig
built = sysconfig.get_config_var("CONFIG_ARGS") or ""
sys.exit(not ("--enable-optimizations" in built or sys.base_prefix == "/usr"))'
able='import sys, ensurepip, venv
sys.exit(sys.version_info < (3, 11))'
if ! python3 -c "$optimized" 2> /dev/null && /usr/bin/python3 -c "$able" 2> /dev/null; then
	echo /usr/bin/python3
else
	echo python3
fi
