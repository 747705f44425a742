"""The roles. They are the lanes of the diagrams and their candidate groups."""

INTAKE, HANDLER, MEDIATOR, OMBUDSMAN = "intake_officer", "case_handler", "mediator", "ombudsman"
# A complaint handler of a service: works in the same system, on the files of that service only (`tasks.sight`).
FIRST_LINE = "first_line_handler"
PROCESS_MANAGER, AUDITOR, ADMIN = "process_manager", "auditor", "admin"
# Takes reports of breaches, in a house of its own (`tasks.houses`); nobody in the office has this role.
WHISTLE_OFFICER = "whistle_officer"
COMPLAINANT, AUTHORITY = "complainant", "authority"
# Whoever was heard in an investigation, and reads the minutes of it again: nothing else of the case is theirs to see.
HEARD = "heard_person"

CASE_STAFF = frozenset({INTAKE, HANDLER, MEDIATOR, OMBUDSMAN})
WORKS_ON_CASES = CASE_STAFF | {FIRST_LINE}
REPORT_STAFF = frozenset({WHISTLE_OFFICER})
STAFF_ROLES = CASE_STAFF | REPORT_STAFF | {FIRST_LINE, PROCESS_MANAGER, AUDITOR, ADMIN}
# Not a lane and nobody's account: a program that does jobs of service tasks, and sees nothing but what each is given.
WORKER = "worker"
# The same, for a program that reports what happens elsewhere: it sends messages and signals, and sees nothing.
MESSENGER = "messenger"
PROGRAM_ROLES = (STAFF_ROLES - {FIRST_LINE} - REPORT_STAFF) | {WORKER, MESSENGER}
# Without an account: they act by a secret link, on what is addressed to them.
EXTERNAL_ROLES = frozenset({COMPLAINANT, AUTHORITY, HEARD})
