------------------------------ MODULE Exchange ------------------------------
\* One initiator "I" and one or two receivers that were told its code, against a relay and a network that are the
\* attacker "M" (section 1.1): every answer to every request is what M likes, made of all that it has seen and of what
\* it can compute. This contains every honest relay, every loss, delay and repeat, and every rogue client.
\*
\* SPAKE2, the key schedule and the seals are symbols: M knows a key only if it chose one of the two elements itself
\* and put the right words into it; a seal opens under its own key and label only; nobody knows the scalar of an
\* element that M made by mangling another one. An off-line search of a transcript is not seen here.
EXTENDS Clients

CONSTANTS Receivers,    \* {"R1"}, or {"R1", "R2"}: two machines with the same code
          Guesses,      \* the words that M can put into elements of its own
          Looks,        \* TRUE: users may look first, and applications need their time; FALSE: see AtOnce
          Mistakes,     \* TRUE: a receiver's words, or its version, mode, appid or channel, may differ
          Aborts        \* FALSE: no refusal, cancel, timer, `mismatch` or `not-taken`; a run that M leaves alone stands
                        \* for one that they end

VARIABLES st, req, out, \* state, request in hand and outcome of each client
          words,        \* what each client runs with
          context,      \* version, mode, appid and channel id, as one symbol
          peer, met,    \* the peer's element; all elements that a key was computed with
          opened,       \* whose blob the peer's seal gave
          handed,       \* what the application got
          delivered,
          agreed,       \* the clients whose users have agreed
          took,         \* the receivers whose applications have said that they have the blob for good
          overdue,      \* the receivers whose deadline has passed in `taking`, where it is no event (TIME-5)
          net,          \* all messages that left a client
          leaked        \* the words became public, after all runs had ended
vars == <<st, req, out, words, context, peer, met, opened, handed, delivered, agreed, took, overdue, net, leaked>>

None    == "none"
Clients == {"I"} \cup Receivers
Table(c) == IF c = "I" THEN InitiatorTable ELSE ReceiverTable
Role(c)  == IF c = "I" THEN "initiator" ELSE "receiver"

-----------------------------------------------------------------------------
\* Elements, keys, boxes

Element(side, by, w) == [side |-> side, by |-> by, words |-> w]
NoElement == Element(None, None, None)
Bad       == Element("bad", None, None)                \* what PAKE-4 to PAKE-8 refuse
Own(c)    == Element(IF c = "I" THEN "A" ELSE "B", c, words[c])
Made(side) == {Element(side, "M", g) : g \in Guesses} \cup {Element(side, "nobody", None)}
              \cup (IF Planted("AcceptBadElement") THEN {Bad} ELSE {})

Key(c, e) == [words |-> words[c], a |-> IF c = "I" THEN Own(c) ELSE e, b |-> IF c = "I" THEN e ELSE Own(c),
              context |-> IF Planted("UnboundContext") THEN None ELSE context[c]]
NoKey == [words |-> None, a |-> NoElement, b |-> NoElement, context |-> None]

Knows(k) ==
  \/ \E e \in {k.a, k.b} : e.by = "M" /\ e.words = k.words
  \/ Planted("AcceptBadElement") /\ Bad \in {k.a, k.b} /\ k.words \in Guesses
  \/ Planted("WordsAreTheKey") /\ leaked

Box(k, label, data) == [key |-> k, label |-> label, data |-> data]
Junk == Box(NoKey, None, None)
Forged(k, label) == IF Knows(k) THEN {Box(k, label, d) : d \in {"M", "misformed", ""}} ELSE {}
Opens(box, k, label) == box.key = k /\ (box.label = label \/ (Planted("OneKey") /\ box.label # "receipt"))

Message(msg, e, box) == [msg |-> msg, element |-> e, box |-> box]
Elements(side) == {e \in {m.element : m \in net} : e.side = side} \cup Made(side)
Boxes(k, label) == {m.box : m \in net} \cup {Junk} \cup Forged(k, label)

Sent(c, request, e) ==
  CASE request = "put answer"  -> {Message("answer", Own(c), Box(Key(c, e), "receiver-blob", c))}
    [] request = "put finish"  -> {Message("finish", NoElement, Box(Key(c, e), "initiator-blob", c))}
    [] request = "put receipt" -> {Message("receipt", NoElement, Box(Key(c, e), "receipt", ""))}
    [] OTHER -> {}

-----------------------------------------------------------------------------
Init ==
  /\ st  = [c \in Clients |-> IF c = "I" THEN "allocating" ELSE "claiming"]
  /\ req = [c \in Clients |-> IF c = "I" THEN "allocate" ELSE "claim"]
  /\ out = [c \in Clients |-> ""]
  /\ words \in {w \in [Clients -> {"right", "wrong"}] : w["I"] = "right" /\ (~Mistakes => "wrong" \notin {w[c] : c \in Clients})}
  /\ context \in {x \in [Clients -> {"same", "other"}] : x["I"] = "same" /\ (~Mistakes => "other" \notin {x[c] : c \in Clients})}
  /\ peer = [c \in Clients |-> NoElement]
  /\ met  = [c \in Clients |-> {}]
  /\ opened = [c \in Clients |-> None]
  /\ handed = [c \in Clients |-> None]
  /\ delivered = [c \in Clients |-> FALSE]
  /\ agreed = {} /\ took = {} /\ overdue = {}
  /\ net = {Message("offer", Element("A", "I", "right"), Junk)}
  /\ leaked = FALSE

\* Client c takes an event, by the row of its table. e is its peer's element from now on, d the plaintext of a seal.
Take(c, event, e, d) ==
  /\ event \in PossibleEvents(st[c], req[c])
  /\ \E first \in {IF Planted("LateTakenIsTimeout") /\ event = "taken" /\ c \in overdue
                   THEN Go("closing", "close", "timeout", "timeout") ELSE Table(c)[st[c]][event]} :
     \E row \in {IF Looks THEN first ELSE AtOnce(Table(c), first)} :
     \E end \in {IF row.outcome = "" THEN out[c] ELSE row.outcome} :
     LET all == {event} \cup (IF row = first THEN {} ELSE IF first.next = "taking" THEN {"taken"} ELSE {"release"}) IN
     /\ row.next # "impossible"
     /\ Taken(<<Role(c), st[c], event>>)
     /\ st'  = [st EXCEPT ![c] = row.next]
     /\ req' = [req EXCEPT ![c] = row.request]
     /\ out' = [out EXCEPT ![c] = end]
     /\ peer' = [peer EXCEPT ![c] = e]
     /\ met'  = [met EXCEPT ![c] = @ \cup ({e} \ {NoElement})]
     /\ opened' = [opened EXCEPT ![c] = d]
     /\ handed' = [handed EXCEPT ![c] =
          IF IF c = "I" THEN row.next = "ended" /\ (end = "done" \/ ~Planted("HandsWithDoneOnly"))
             ELSE row.next = "taking" \/ end = "done"
          THEN IF Planted("ReleaseUnopened") /\ e # NoElement THEN "M" ELSE d
          ELSE @]
     /\ delivered' = [delivered EXCEPT ![c] =
          @ \/ (c = "I" /\ event = "receipt-opened" /\ st[c] # "holding") \* INIT-6: there it is not opened
            \/ (c # "I" /\ end = "done" /\ ~Planted("ReceiverDoubts"))
            \/ (Planted("DeliveredOnStored") /\ c = "I" /\ event = "stored")]
     \* Whether a receiver's user agreed is forgotten when nothing was handed over: that makes fewer states.
     /\ agreed' = IF "release" \in all THEN agreed \cup {c}
                  ELSE IF c # "I" /\ row.next \in {"closing", "ended"} /\ handed[c] = None THEN agreed \ {c} ELSE agreed
     /\ took' = IF "taken" \in all THEN took \cup {c} ELSE took
     /\ overdue' = overdue \ {c}
     /\ net' = net \cup Sent(c, row.request, e)
     /\ UNCHANGED <<words, context, leaked>>

Plain(c, event) == Take(c, event, peer[c], opened[c])

-----------------------------------------------------------------------------
\* The results that M can give to the request in hand

Told(c) == \E event \in {"allocated", "stored", "empty"} : Plain(c, event)
Refused(c) == /\ Aborts
              /\ \E event \in {"forbidden", "no-such-channel", "crowded", "closed", "mismatch-reported", "expired",
                               "misbehaved"} : Plain(c, event)
Exhausted(c) == Aborts /\ Plain(c, "exhausted")

ReadOffer(c) == req[c] = "claim" /\ \E e \in Elements("A") : Take(c, "offer-good", e, opened[c])
ReadBadOffer(c) == req[c] = "claim" /\ \E event \in {"offer-malformed", "offer-bad-element"} : Plain(c, event)

ReadAnswer(c) ==
  /\ req[c] = "get answer"
  /\ \E e \in Elements("B") : \E box \in Boxes(Key(c, e), "receiver-blob") :
       IF ~Opens(box, Key(c, e), "receiver-blob") THEN Take(c, "answer-unopened", e, opened[c])
       ELSE IF box.data = "misformed" THEN Take(c, "answer-malformed", e, opened[c])
       ELSE Take(c, "answer-opened", e, box.data)
ReadBadAnswer(c) == req[c] = "get answer" /\ \E event \in {"answer-malformed", "answer-bad-element"} : Plain(c, event)

ReadFinish(c) ==
  /\ req[c] = "get finish"
  /\ LET k == Key(c, peer[c]) IN \E box \in Boxes(k, "initiator-blob") :
       IF ~Opens(box, k, "initiator-blob") THEN Plain(c, "finish-unopened")
       ELSE IF box.data = "misformed" THEN Plain(c, "finish-malformed")
       ELSE Take(c, "finish-opened", peer[c], box.data)
ReadBadFinish(c) == req[c] = "get finish" /\ Plain(c, "finish-malformed")

ReadReceipt(c) ==
  /\ req[c] = "get receipt"
  /\ LET k == Key(c, peer[c]) IN \E box \in Boxes(k, "receipt") :
       Plain(c, IF Opens(box, k, "receipt") /\ box.data = "" THEN "receipt-opened" ELSE "receipt-unopened")

CloseTried(c) == Plain(c, "close-tried")

\* Timers, users, and the receiver's application
Deadline(c)        == Aborts /\ Plain(c, "deadline")
ReceiptWaitOver(c) == Aborts /\ c = "I" /\ Plain(c, "receipt-wait-over")
Cancel(c)          == Aborts /\ Plain(c, "cancel")
Release(c)         == Plain(c, "release")
Mismatch(c)        == Aborts /\ Plain(c, "mismatch")
Takes(c)           == c # "I" /\ Plain(c, "taken")
DoesNotTake(c)     == Aborts /\ c # "I" /\ Plain(c, "not-taken")

\* The deadline passes in `taking`: no event yet.
Overdue(c) == /\ Aborts /\ st[c] = "taking" /\ overdue' = overdue \cup {c}
              /\ UNCHANGED <<st, req, out, words, context, peer, met, opened, handed, delivered, agreed, took, net, leaked>>

Ended == \A c \in Clients : st[c] = "ended"
Leak == /\ Ended /\ ~leaked /\ leaked' = TRUE
        /\ UNCHANGED <<st, req, out, words, context, peer, met, opened, handed, delivered, agreed, took, overdue, net>>

\* Planted: a repeat of a message with other bytes.
SealAgain == /\ Planted("SealAgain") /\ req["I"] = "put finish"
             /\ net' = net \cup {Message("finish", NoElement, Box(Key("I", peer["I"]), "initiator-blob", "again"))}
             /\ UNCHANGED <<st, req, out, words, context, peer, met, opened, handed, delivered, agreed, took, overdue, leaked>>

Next ==
  \/ \E c \in Clients :
       \/ Told(c) /\ Acts("Told")
       \/ Refused(c) /\ Acts("Refused")
       \/ Exhausted(c) /\ Acts("Exhausted")
       \/ ReadOffer(c) /\ Acts("ReadOffer")
       \/ ReadBadOffer(c) /\ Acts("ReadBadOffer")
       \/ ReadAnswer(c) /\ Acts("ReadAnswer")
       \/ ReadBadAnswer(c) /\ Acts("ReadBadAnswer")
       \/ ReadFinish(c) /\ Acts("ReadFinish")
       \/ ReadBadFinish(c) /\ Acts("ReadBadFinish")
       \/ ReadReceipt(c) /\ Acts("ReadReceipt")
       \/ CloseTried(c) /\ Acts("CloseTried")
       \/ Deadline(c) /\ Acts("Deadline")
       \/ ReceiptWaitOver(c) /\ Acts("ReceiptWaitOver")
       \/ Cancel(c) /\ Acts("Cancel")
       \/ Release(c) /\ Acts("Release")
       \/ Mismatch(c) /\ Acts("Mismatch")
       \/ Takes(c) /\ Acts(IF c \in overdue THEN "Takes, overdue" ELSE "Takes")
       \/ DoesNotTake(c) /\ Acts("DoesNotTake")
       \/ Overdue(c) /\ Acts("Overdue")
  \/ Leak /\ Acts("Leak")
  \/ SealAgain

Actions == {"Told", "Refused", "Exhausted", "ReadOffer", "ReadBadOffer", "ReadAnswer", "ReadBadAnswer", "ReadFinish",
            "ReadBadFinish", "ReadReceipt", "CloseTried", "Deadline", "ReceiptWaitOver", "Cancel", "Release",
            "Mismatch", "Takes", "Takes, overdue", "DoesNotTake", "Overdue", "Leak"}

\* Only the client's own clock is fair, and the receiver's application, which says in the end whether it has the blob:
\* in `taking` nothing else ends the run. The relay, the peer and the users need not do anything.
Fair == /\ \A c \in Clients : WF_vars(Deadline(c)) /\ WF_vars(CloseTried(c))
        /\ \A r \in Receivers : WF_vars(Takes(r) \/ DoesNotTake(r))
Spec == Init /\ [][Next]_vars /\ Fair

ASSUME Due({<<"action", a>> : a \in Actions}
           \cup ClientRowsDue("initiator", InitiatorRows) \cup ClientRowsDue("receiver", ReceiverRows))

-----------------------------------------------------------------------------
\* Properties; the IDs are those of the specification, 1.1(n) is promise n of section 1.1

Blob(c) == c
GuessedRight(c) == peer[c].by = "M" /\ peer[c].words = words[c]
MLearns(c) == \E m \in net : m.box.data = Blob(c) /\ Knows(m.box.key)

\* 1.1(1): M learns a blob only by the right guess in that client's own run, also when the words leak afterwards.
Secrecy == \A c \in Clients : MLearns(c) => GuessedRight(c)

\* 1.1(2), PAKE-10: a run computes at most one key, with at most one element.
OneGuess == \A c \in Clients : Cardinality(met[c]) <= 1

\* 1.1(3), KEY-1, PAKE-4 to PAKE-8: a side that accepted a blob has a peer who sealed it for this very run.
Agreement == \A c \in Clients : opened[c] # None =>
  GuessedRight(c) \/ \E d \in Clients :
     /\ Role(d) # Role(c) /\ opened[c] = Blob(d)
     /\ peer[c] = Own(d) /\ peer[d] = Own(c) /\ words[c] = words[d] /\ context[c] = context[d]

\* 1.1(4): a blob opens for at most one, M counted.
AtMostOnce == \A c \in Clients :
  Cardinality({d \in Clients : opened[d] = Blob(c)} \cup (IF MLearns(c) THEN {"M"} ELSE {})) <= 1

\* SEAL-4: one plaintext for each key and label.
OnePlaintext == \A m, n \in net : m.box.key = n.box.key /\ m.box.label = n.box.label => m.box = n.box

\* SEAL-10: no finish before the answer's seal opened.
FinishAfterOpening == (\E m \in net : m.msg = "finish") => opened["I"] # None

\* INIT-2: no finish before the user agreed.
FinishAfterRelease == (\E m \in net : m.msg = "finish") => "I" \in agreed

\* RECV-5, RECV-6: a receiver hands nothing over before its user agreed.
HandedAfterRelease == \A r \in Receivers : handed[r] # None => r \in agreed

\* SEAL-9, OUT-2: nothing is handed over but what a seal gave; by a receiver, in `taking` and with `done` only.
HandedWasOpened == \A c \in Clients : handed[c] # None =>
  /\ handed[c] = opened[c]
  /\ c # "I" => st[c] = "taking" \/ (IF c \in took THEN out[c] = "done" ELSE out[c] \in {"not-taken", "cancelled"})

\* RECV-2, TIME-5: once the application has said that it has the blob, its side is `done`, however late that was.
TakenIsDone == \A r \in took : out[r] = "done"

\* RECV-6: an application that did not take the blob makes nobody believe that it did.
NotTakenIsNotDelivered == \A r \in Receivers : out[r] = "not-taken" =>
  ~delivered[r] /\ (peer["I"] = Own(r) => ~delivered["I"])

\* INIT-3, RECV-2: what a seal gave the initiator is handed over whatever follows; `done` has a blob, on both sides.
OpenedIsHanded ==
  /\ st["I"] = "ended" => handed["I"] = opened["I"]
  /\ \A c \in Clients : st[c] = "ended" /\ out[c] = "done" => handed[c] # None

\* 1.1(6), INIT-5: `delivered` at the initiator proves that the receiver opened its blob and its application has taken it,
\* and the finish that a receiver opened that the initiator opened the receiver's.
DeliveredIsProved ==
  /\ delivered["I"] => GuessedRight("I") \/ \E r \in Receivers : peer["I"] = Own(r) /\ opened[r] = Blob("I") /\ r \in took
  /\ \A r \in Receivers : delivered[r] => GuessedRight(r) \/ opened["I"] = Blob(r)

\* Section 12: `delivered` is false with every outcome but `done`; at a receiver it is true with `done` (RECV-2).
DeliveredIsDone == \A c \in Clients :
  (st[c] = "ended" /\ delivered[c] => out[c] = "done") /\ (c # "I" /\ out[c] = "done" => delivered[c])

\* INIT-4, INIT-5, RECV-2: nobody who is done closes, but an initiator whose receipt has opened.
CloseLeavesFinish == \A c \in Clients : req[c] = "close" /\ out[c] = "done" => c = "I" /\ delivered[c]

\* INIT-1, RECV-1: no impossible event can come.
NoImpossible == \A c \in Clients : \A event \in PossibleEvents(st[c], req[c]) :
  Table(c)[st[c]][event].next # "impossible"

\* CLIENT-1, TIME-7: in `closing` the request in hand is a close, in `opened`, `taking` and `ended` there is none.
RequestInHand == \A c \in Clients :
  (st[c] = "closing" <=> req[c] = "close") /\ (st[c] \in {"opened", "taking", "ended"} <=> req[c] = "")

\* OUT-1: one outcome of the closed list, and once it is fixed nothing changes it (TIME-7).
EndsWithOutcome == \A c \in Clients : out[c] \in Outcomes \cup {""} /\ (st[c] \in {"closing", "ended"} => out[c] # "")
OutcomeIsFixed == [][\A c \in Clients : out[c] # "" => out'[c] = out[c]]_vars

\* 1.1(5), TIME-5, TIME-7: whatever comes or does not, everybody ends (in `taking`: when its application answers).
EverybodyEnds == <>Ended
=============================================================================
