"""Plans for a whole list of patients: rows in, plans out, as a stream from end to end.

A row goes through these stages, one after the other, and nothing is kept of it afterwards:

1. Read, in `patient_list`: the bytes of CSV, JSON Lines or a spreadsheet become a `Row`, its values
   by column, which `headings` names. A row that cannot be read has a reason, and fails at stage 3.
   What only all rows tell together, `date_columns` has read before.
2. Name, in `batch` with `row_index` and `journal`: a `Row` becomes a `RowTask`, with the name of
   its files and what an earlier batch wrote under that name.
3. Process, in `row_processor`, on every core that `workers` is given: a `RowTask` becomes a
   `RowOutcome`, which is planned, unchanged, refused or failed, and its files are written or its
   piece of one output made. On the way `row_planner` takes the row's content, by way of the options
   that `columns` finds in it and a `PlanRequest`, to a `Plan`.
4. Record, in `batch`: a `RowOutcome` is compared with those before it, and its files go into the
   `Journal`; a `StreamWriter` puts its piece into one output, and `calendar_memory` remembers what
   one calendar has; `report` has those that failed, `masking` what may be said of them.

Plan files go the same way, in `kept_plans`.

Stages 1, 2 and 4 run in the first process, in the order of the rows. `BatchSpec` is what stage 3
needs beside the row, the same for all rows; it travels between processes.
"""
