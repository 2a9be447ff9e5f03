"""The local stack: template.yaml deployed to an emulator, with site, API and mails on one origin.

`python -m local run` starts it, `python -m local demo` walks through it. `emulator` is the only
module that knows the emulator's inside; `deploy`, `mend`, `routes` and `stream` speak to it through
AWS's own interfaces, and mend there what it leaves out of the template.
"""
