"""The interpreter that a script needs: one that has the modules it imports.

The first python3 on the path may lack the system's packages, which /usr/bin/python3 has.
"""

import importlib
import os
import sys

DEBIAN = "/usr/bin/python3"


def need(script, packages):
    """Returns if every module can be imported. Otherwise it starts the script again with Debian's interpreter. If
    that is the one that runs, it ends with status 2 and a line that names the missing packages. `packages` maps each
    module to its package."""
    missing = [module for module in packages if not _imports(module)]
    if not missing:
        return
    if os.path.dirname(os.path.abspath(sys.executable)) != os.path.dirname(DEBIAN) and os.access(DEBIAN, os.X_OK):
        os.execv(DEBIAN, [DEBIAN, *sys.argv])
    print(f"{script}: needs {', '.join(missing)}: apt install {' '.join(packages[module] for module in missing)}",
          file=sys.stderr)
    sys.exit(2)


def _imports(module):
    try:
        importlib.import_module(module)
    except ImportError:
        return False
    return True
