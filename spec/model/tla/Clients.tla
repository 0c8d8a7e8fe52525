------------------------------ MODULE Clients -------------------------------
\* The parts that both models share: the clients' tables as functions, the events that can come in each state, and the
\* list of rows that TLC has taken. States, events, requests and outcomes have the specification's names.
EXTENDS Tables, Naturals, Sequences, FiniteSets, TLC

CONSTANT Fault          \* "none", or the name of one planted fault (the file `faults` lists them)

Planted(fault) == Fault = fault

Go(next, request, reason, outcome) == [next |-> next, request |-> request, reason |-> reason, outcome |-> outcome]

-----------------------------------------------------------------------------
\* The planted faults that change a row of a table.

Misread(role, state, event, row) ==
  CASE Planted("KeepPake") /\ event = "answer-unopened" /\ row.next = "closing"
         -> Go("waiting-for-answer", "get answer", "", "")
    [] Planted("FinishBeforeOpen") /\ event = "answer-unopened" /\ row.next = "closing"
         -> Go("finishing", "put finish", "", "")
    [] Planted("SkipHolding") /\ event = "answer-opened" /\ row.next = "holding"
         -> Go("finishing", "put finish", "", "")
    [] Planted("AnswerAgain") /\ event = "receipt-unopened" /\ row.next = "ended"
         -> Go("waiting-for-answer", "get answer", "", "")
    [] Planted("NoDeadline") /\ event = "deadline" /\ state = "waiting-for-finish"
         -> Go(state, "get finish", "", "")
    [] Planted("PatientLook") /\ event = "deadline" /\ state = "opened"
         -> Go(state, "", "", "")
    [] Planted("NoPollsHolding") /\ row.next = "holding" -> Go("holding", "", "", "")
    [] Planted("NoPollsComparing") /\ row.next = "comparing" -> Go("comparing", "", "", "")
    [] Planted("TakesUnreleased") /\ event = "finish-opened" /\ row.next = "opened"
         -> Go("taking", "", "", "")
    [] Planted("EarlyReceipt") /\ event = "finish-opened" /\ row.next = "taking"
         -> Go("taking", "put receipt", "", "")
    [] Planted("ReceiptAnyway") /\ event = "not-taken" /\ row.next = "closing"
         -> Go("sending-receipt", "put receipt", "", "not-taken")
    [] Planted("MismatchIsClosed") /\ event = "mismatch-reported" /\ state = "waiting-for-receipt"
         -> Go("ended", "", "", "done")
    [] Planted("ForgetsClose") /\ event = "cancel" /\ row.next = "closing"
         -> Go("closing", "", "", "cancelled")
    [] Planted("NamelessEnd") /\ event = "forbidden" /\ row.outcome = "closed"
         -> Go("ended", "", "", "")
    [] Planted("CancelRenames") /\ event = "cancel" /\ state = "closing"
         -> Go("ended", "", "", "cancelled")
    [] Planted("ReceiverCloses") /\ event = "stored" /\ state = "sending-receipt"
         -> Go("closing", "close", "done", "")
    [] Planted("RefusalIsMisbehaviour") /\ event = "closed" /\ row.next = "ended" /\ row.outcome = "closed"
         -> Go("ended", "", "", "relay-misbehaved")
    [] Planted("DoneIsClosed") /\ state = "finishing" /\ event \in {"exhausted", "deadline", "cancel"}
         -> Go("ended", "", "", "closed")
    [] Planted("ForgottenIsClosed") /\ state = "finishing" /\ event \in {"forbidden", "no-such-channel"}
         -> Go("ended", "", "", "closed")
    [] Planted("NoReceipt") /\ event = "taken" /\ row.next = "sending-receipt"
         -> Go("ended", "", "", "done")
    [] OTHER -> row

-----------------------------------------------------------------------------
\* The tables of INIT-1 and RECV-1.

StatesIn(rows) == {rows[i][1] : i \in DOMAIN rows}
EventsIn(rows) == UNION {rows[i][2] : i \in DOMAIN rows}
RowsFor(rows, state, event) == {i \in DOMAIN rows : rows[i][1] = state /\ event \in rows[i][2]}

\* Each state answers each event, in exactly one way (INIT-1, RECV-1).
ASSUME \A s \in StatesIn(InitiatorRows), e \in EventsIn(InitiatorRows) : Cardinality(RowsFor(InitiatorRows, s, e)) = 1
ASSUME \A s \in StatesIn(ReceiverRows), e \in EventsIn(ReceiverRows) : Cardinality(RowsFor(ReceiverRows, s, e)) = 1

\* Each event that an answer can be is one of the tables (CLIENT-7).
ASSUME \A i \in DOMAIN EventRows : EventRows[i][2] \subseteq EventsIn(InitiatorRows) \cup EventsIn(ReceiverRows)

TableOf(role, rows) ==
  TLCEval([s \in StatesIn(rows) |-> TLCEval([e \in EventsIn(rows) |->
     LET row == rows[CHOOSE i \in RowsFor(rows, s, e) : TRUE]
     IN Misread(role, s, e, Go(row[3], row[4], row[5], row[6]))])])

InitiatorTable == TableOf("initiator", InitiatorRows)
ReceiverTable  == TableOf("receiver", ReceiverRows)

\* The outcomes of OUT-1, without those that end a run before its first request, and without `internal`.
Outcomes == {"done", "no-such-channel", "crowded", "closed", "expired", "wrong-code", "verifier-mismatch",
             "bad-element", "malformed-message", "relay-misbehaved", "relay-unreachable", "timeout", "cancelled",
             "not-taken"}

\* A user who does not look releases at once, and an application that has nothing to wait for takes a blob at once
\* (INIT-2, RECV-5, RECV-6): the row of such a client, which passes three states in no time.
AtOnce(table, row) == CASE row.next \in {"holding", "comparing"} -> table[row.next]["release"]
                        [] row.next = "taking" -> table["taking"]["taken"]
                        [] OTHER -> row

-----------------------------------------------------------------------------
\* The events that can come: of the request in hand (CLIENT-7, and TIME-3), of the timers, of user and application.

Requests == {"allocate", "claim", "put answer", "put finish", "put receipt", "get answer", "get finish",
             "get receipt", "close"}
AnswersTo == TLCEval([request \in Requests \cup {""} |->
  IF request = "" THEN {}
  ELSE IF request = "close" THEN {"close-tried"}
  ELSE {"exhausted"} \cup UNION {EventRows[i][2] : i \in {j \in DOMAIN EventRows :
                                   EventRows[j][1] \cap {request, "any"} # {}}}])

\* The states in which a user may look first (INIT-2, RECV-5).
Looking == {"holding", "comparing", "opened"}

PossibleEvents(state, request) ==
  IF state = "ended" THEN {} ELSE
  AnswersTo[request] \cup {"cancel"}
    \cup (IF state \notin {"taking", "closing"} THEN {"deadline"} ELSE {})
    \cup (IF state = "waiting-for-receipt" THEN {"receipt-wait-over"} ELSE {})
    \cup (IF state \in Looking THEN {"release", "mismatch"} ELSE {})
    \cup (IF state = "taking" THEN {"taken", "not-taken"} ELSE {})
    \cup (IF Planted("MisreadEmpty") /\ request = "put finish" THEN {"empty"} ELSE {})

-----------------------------------------------------------------------------
\* Vacuity: TLC prints each row when it first takes it. `check` compares these rows with those that are due.

ASSUME TLCSet(1, {})

Taken(row) == IF row \in TLCGet(1) THEN TRUE ELSE TLCSet(1, TLCGet(1) \cup {row}) /\ PrintT(<<"taken">> \o row)

Acts(name) == Taken(<<"action", name>>)

Due(rows) == \A row \in rows : PrintT(<<"due">> \o row)

ClientRowsDue(role, rows) ==
  {<<role, s, e>> : <<s, e>> \in {<<s, e>> \in StatesIn(rows) \X EventsIn(rows) :
     \E i \in RowsFor(rows, s, e) : rows[i][3] # "impossible"}}
=============================================================================
