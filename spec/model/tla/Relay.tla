------------------------------- MODULE Relay --------------------------------
\* An honest relay (sections 9 and 10) under a network that loses, delays and repeats requests and loses answers; pairs
\* of honest clients, each an initiator and the receiver that was told its code; and lawless sides, who send what they
\* like and know no words.
\*
\* A request is executed at one moment, with its answer; a GET that waits is one that is executed later (RELAY-18).
\* Time has no length here: a life, a grace or a quarantine may be over at any moment that the guards below allow.
EXTENDS Clients

CONSTANTS Pairs,        \* of honest clients: {1} or {1, 2}
          Lawless,      \* how many lawless sides
          LawlessOps,   \* what they do, besides allocating
          LawlessOwn,   \* TRUE: they allocate, too
          Nums,         \* channel ids, all of one length
          Looks,        \* TRUE: users may look first, and applications need their time; FALSE: see AtOnce
          Hurry,        \* the roles whose users cancel, find that the words differ or cannot keep the blob, and whose
                        \* deadlines, retry windows and wait for the receipt run out
          Travel,       \* TRUE: an answer takes time to its client; FALSE: it is read when it is given
          Late,         \* TRUE: what was sent once may be executed again, any time and any number of times
          Expiry, GraceEnds, QuarantineEnds, Restarts

VARIABLES ch,           \* live channels
          ended,        \* ended ones in their grace
          resting,      \* ids in quarantine, the one that ended longest ago first
          excused,      \* ids whose late codes may hit a stranger: see NoBystanderBurnt
          restarted,
          sent,         \* writes, claims, allocates and closes that were ever sent
          st, req, slot, out,
          num,          \* the channel id in the code of each pair
          offer,        \* whose offer a receiver got
          opened,       \* whether a client opened its peer's blob
          delivered,
          heard         \* why the channel was closed, as an initiator that has ended tells its user; "" if it says nothing
relay   == <<ch, ended, resting, excused>>
clients == <<sent, st, req, slot, out, num, offer, opened, delivered, heard>>
vars    == <<relay, restarted, clients>>

I(p) == <<"initiator", p>>
R(p) == <<"receiver", p>>
M(k) == <<"lawless", k>>
Clients == {I(p) : p \in Pairs} \cup {R(p) : p \in Pairs}
Rogues  == {M(k) : k \in 1..Lawless}
Sides   == Clients \cup Rogues
Nobody  == <<>>
Nothing == <<>>
Pair(c) == c[2]
Table(c) == IF c[1] = "initiator" THEN InitiatorTable ELSE ReceiverTable

Cells  == {"answer", "finish", "receipt"}
Reads  == {"get answer", "get finish", "get receipt"}
Writes == {"put answer", "put finish", "put receipt"}
CellOf(op) == CASE op \in {"put answer", "get answer"} -> "answer"
                [] op \in {"put finish", "get finish"} -> "finish"
                [] op \in {"put receipt", "get receipt"} -> "receipt"

Request(side, op, n, v) == [side |-> side, op |-> op, n |-> n, v |-> v]
NoRequest == Request(Nobody, "", 0, Nothing)
Answer(is, v) == [is |-> is, v |-> v]
NoAnswer == Answer("", Nothing)

\* A close's reason is its value. Reasons that nothing here depends on are one: "other".
Told(why) == IF why \in {"verifier-mismatch", "not-taken"} THEN <<why>> ELSE Nothing
Closed(why) == Answer("closed", <<why>>)

-----------------------------------------------------------------------------
\* The table of RELAY-11

RelayStates == {RelayRows[i][3] : i \in DOMAIN RelayRows}
RelayOps    == {RelayRows[i][1] : i \in DOMAIN RelayRows}
RelayTable == TLCEval([op \in RelayOps |-> TLCEval([by \in {"owner", "claimant", "another"} |-> TLCEval([s \in RelayStates |->
  LET row == RelayRows[CHOOSE i \in DOMAIN RelayRows :
               RelayRows[i][1] = op /\ RelayRows[i][2] = by /\ RelayRows[i][3] = s]
  IN [holds |-> row[4], fails |-> row[5], next |-> row[6]]])])])

\* Whether the table calls some request of such a side impossible in a state.
ImpossibleCell == TLCEval([by \in {"owner", "claimant", "another"} |-> TLCEval([s \in RelayStates |->
  \E op \in RelayOps : RelayTable[op][by][s].holds = "-"])])

\* An absent channel has neither owner nor claimant, so every side gets the same.
ASSUME \A op \in RelayOps : \A by \in {"owner", "claimant"} :
  RelayTable[op][by]["absent"] = RelayTable[op]["another"]["absent"]

NoChannel == [own |-> Nobody, clm |-> Nobody, state |-> "absent", cells |-> [c \in Cells |-> Nothing]]
Live(n) == ch[n].own # Nobody
EndedOf(n, s) == {t \in ended : t.n = n /\ (s \in {t.own, t.clm} \/ Planted("EndedForAll"))}
Of(n) == {ch[n].own, ch[n].clm} \ {Nobody}
OwnsEnded(s) == \E t \in ended : t.own = s

\* The channel that a request meets (RELAY-12), and the requester's part in it.
Meets(n, s) ==
  IF EndedOf(n, s) # {} /\ ~(Planted("LiveBeforeEnded") /\ Live(n)) /\ (s \notin Of(n) \/ Planted("EndedHidesOwn"))
  THEN LET t == CHOOSE t \in EndedOf(n, s) : TRUE
       IN [state |-> "ended", own |-> t.own, clm |-> t.clm, cells |-> t.cells, why |-> t.why]
  ELSE [state |-> ch[n].state, own |-> ch[n].own, clm |-> ch[n].clm, cells |-> ch[n].cells, why |-> ""]
By(c, s) == IF s = c.own THEN "owner" ELSE IF s = c.clm THEN "claimant" ELSE "another"

Row(q, c) ==
  LET row == RelayTable[q.op][By(c, q.side)][c.state] IN
  CASE Planted("OverwriteCell") /\ row.fails = "conflict" -> [row EXCEPT !.fails = "200"]
    [] Planted("ClaimTwice") /\ row.holds = "crowded" -> [holds |-> "200", fails |-> "200", next |-> c.state]
    [] Planted("OfferToAll") /\ row.holds = "crowded" -> [row EXCEPT !.holds = "200"]
    [] Planted("GraceRefuses") /\ c.state = "ended" -> [row EXCEPT !.holds = row.fails]
    [] Planted("FinishFirst") /\ q.op = "put finish" /\ row.holds = "out-of-order"
         -> [holds |-> "200", fails |-> "200", next |-> "finished"]
    [] OTHER -> row

Ending(n, why) == [
  ch |-> [ch EXCEPT ![n] = NoChannel],
  ended |-> IF Planted("NoGrace") THEN ended
            ELSE ended \cup {[n |-> n, own |-> ch[n].own, clm |-> ch[n].clm, cells |-> ch[n].cells, why |-> why]},
  resting |-> Append(SelectSeq(resting, LAMBDA m : m # n), n)]

Same == [ch |-> ch, ended |-> ended, resting |-> resting]

\* The result of a request to a channel: the next state of the relay, and the answer.
Done(q) ==
  LET c     == Meets(q.n, q.side)
      row   == Row(q, c)
      holds == CASE q.op \in Writes -> c.cells[CellOf(q.op)] = q.v
                 [] q.op \in Reads  -> c.cells[CellOf(q.op)] # Nothing
                 [] OTHER -> TRUE
      token == IF holds THEN row.holds ELSE row.fails
      value == IF q.op \in Reads THEN c.cells[CellOf(q.op)] ELSE c.own
      writes == q.op \in Writes /\ (row.next # "" \/ (Planted("OverwriteCell") /\ ~holds /\ c.state # "ended"))
      next  == IF row.next = "ended" THEN Ending(q.n, IF q.v = Nothing THEN "other" ELSE q.v[1])
               ELSE IF row.next # "" /\ q.op = "claim"
                 THEN [Same EXCEPT !.ch[q.n].clm = q.side, !.ch[q.n].state = row.next]
               ELSE IF writes /\ token = "200"
                 THEN [Same EXCEPT !.ch[q.n].cells[CellOf(q.op)] = q.v,
                                   !.ch[q.n].state = IF row.next = "" THEN @ ELSE row.next]
               ELSE Same
  IN [relay |-> next, cell |-> <<q.op, By(c, q.side), c.state>>,
      answer |-> CASE token = "200" -> Answer("200", value)
                   [] token = "closed" -> Closed(c.why)
                   [] OTHER -> Answer(token, Nothing)]

\* The owner of an allocation (RELAY-14), and the ids that it may get (RELAY-19).
OwnLive(s) == {n \in Nums : ch[n].own = s}
FreeIds == {n \in Nums : ~Live(n)}
Rested  == FreeIds \ {resting[i] : i \in DOMAIN resting}
Choice ==
  IF Planted("NoQuarantine") THEN FreeIds
  ELSE IF Rested # {} THEN Rested
  ELSE IF FreeIds = {} THEN {}
  ELSE {resting[CHOOSE i \in DOMAIN resting : resting[i] \in FreeIds /\ \A j \in 1..(i - 1) : resting[j] \notin FreeIds]}
Allocated(s, n) == [Same EXCEPT !.ch[n] = [NoChannel EXCEPT !.own = s, !.state = "open"],
                                !.resting = SelectSeq(@, LAMBDA m : m # n)]
Id(n) == <<"id", n>>

\* The possible results of a request: the relay changes, and `Then` is given the answer. (A value out of a set of one is
\* computed once; TLC computes a LET again wherever its name stands.)
Executes(q, Then(_)) ==
  IF q.op # "allocate"
  THEN \E d \in {Done(q)} :
       /\ ch' = d.relay.ch /\ ended' = d.relay.ended /\ resting' = d.relay.resting
       /\ Taken(d.cell)
       /\ UNCHANGED excused
       /\ \E a \in {d.answer} : Then(a)
  ELSE \/ /\ OwnLive(q.side) # {} /\ ~Planted("AllocateAgain")
          /\ UNCHANGED relay
          /\ \E n \in OwnLive(q.side) : Then(Answer("200", Id(n)))
       \/ /\ OwnLive(q.side) = {} /\ OwnsEnded(q.side)
          /\ UNCHANGED relay
          /\ \E t \in ended : t.own = q.side /\ Then(Closed(t.why))
       \/ /\ OwnLive(q.side) = {} \/ Planted("AllocateAgain")
          /\ ~OwnsEnded(q.side)
          /\ \E n \in Choice :
               /\ ch' = Allocated(q.side, n).ch /\ resting' = Allocated(q.side, n).resting
               /\ excused' = IF Rested = {} THEN excused \cup {n} ELSE excused
               /\ UNCHANGED ended
               /\ Then(Answer("200", Id(n)))

-----------------------------------------------------------------------------
\* Clients

Code(c) == num[Pair(c)]
Peer(c) == IF c[1] = "initiator" THEN R(Pair(c)) ELSE I(Pair(c))

\* The event that an answer is to a client, section 11.2; values are <<writer, whom it was written for>>.
Event(c, q, a) ==
  CASE q.op = "close" -> "close-tried"
    [] a.is = "200" -> CASE q.op = "allocate" -> "allocated"
                         [] q.op = "claim" -> "offer-good"
                         [] q.op \in Writes -> "stored"
                         [] OTHER -> CellOf(q.op) \o (IF a.v = <<Peer(c), c>> THEN "-opened" ELSE "-unopened")
    [] a.is = "wait" -> "empty"
    [] a.is = "closed" -> CASE a.v = <<"expired">> -> "expired"
                            [] a.v = <<"verifier-mismatch">> -> "mismatch-reported"
                            [] OTHER -> "closed"
    [] a.is \in {"conflict", "out-of-order"} -> "misbehaved"
    [] OTHER -> a.is

\* The next request of a client by its row, with the number and the offer that it then knows.
Next_(c, row, n, o) ==
  IF row.request = "" THEN NoRequest
  ELSE Request(c, row.request, n, CASE row.request = "put answer" -> <<c, o>>
                                    [] row.request \in {"put finish", "put receipt"} -> <<c, Peer(c)>>
                                    [] row.request = "close" -> Told(row.reason)
                                    [] OTHER -> Nothing)

Take(c, happened, a) ==
  \E event \in {happened} :
  \E row \in {IF Looks THEN Table(c)[st[c]][event] ELSE AtOnce(Table(c), Table(c)[st[c]][event])} :
  LET n == IF event = "allocated" THEN a.v[2] ELSE Code(c)
      o == IF event = "offer-good" THEN a.v ELSE IF c[1] = "receiver" THEN offer[c] ELSE Nobody
  IN \E q \in {Next_(c, row, n, o)} :
  /\ event \in PossibleEvents(st[c], req[c].op)
  /\ row.next # "impossible"
  /\ st'   = [st EXCEPT ![c] = row.next]
  /\ req'  = [req EXCEPT ![c] = q]
  \* A poll that the next state makes as well goes on (INIT-1).
  /\ slot' = IF event = "release" /\ q = req[c] THEN slot ELSE [slot EXCEPT ![c] = NoAnswer]
  /\ out'  = [out EXCEPT ![c] = IF row.outcome = "" THEN @ ELSE row.outcome]
  /\ num'  = IF event = "allocated" THEN [num EXCEPT ![Pair(c)] = n] ELSE num
  /\ offer' = IF event = "offer-good" THEN [offer EXCEPT ![c] = o] ELSE offer
  /\ opened' = IF event \in {"answer-opened", "finish-opened"} THEN [opened EXCEPT ![c] = TRUE] ELSE opened
  /\ delivered' = IF event = "receipt-opened" \/ (Planted("DeliveredOnStored") /\ event = "stored" /\ c[1] = "initiator")
                  THEN [delivered EXCEPT ![c] = TRUE] ELSE delivered
  /\ heard' = IF c[1] = "initiator" /\ event \in {"closed", "mismatch-reported"} /\ ~Planted("ForgetsReason")
               THEN [heard EXCEPT ![c] = IF Told(a.v[1]) # Nothing THEN a.v[1]
                                         ELSE IF Planted("InventsReason") THEN "not-taken" ELSE ""] ELSE heard
  /\ sent' = IF Late /\ q.op \notin Reads \cup {""} THEN sent \cup {q} ELSE sent

\* The relay executes a client's request and answers.
Serve(c) ==
  /\ req[c] # NoRequest /\ slot[c] = NoAnswer
  /\ IF Travel
     THEN Executes(req[c], LAMBDA a : slot' = [slot EXCEPT ![c] = a]
                                      /\ UNCHANGED <<sent, st, req, out, num, offer, opened, delivered, heard>>)
     ELSE Executes(req[c], LAMBDA a : Take(c, Event(c, req[c], a), a))
  /\ UNCHANGED restarted
Read(c) == /\ slot[c] # NoAnswer
           /\ Take(c, Event(c, req[c], slot[c]), slot[c])
           /\ UNCHANGED <<relay, restarted>>

\* Clocks: the deadline, and the end of a close's one attempt. Then the users, and the receiver's application.
Here(c, event) == /\ st[c] \notin {"idle", "ended"}
                  /\ event \in PossibleEvents(st[c], req[c].op)
                  /\ Take(c, event, NoAnswer)
                  /\ UNCHANGED <<relay, restarted>>
Hurries(c) == c[1] \in Hurry
Deadline(c)    == Hurries(c) /\ Here(c, "deadline")
CloseTried(c)  == Hurries(c) /\ Here(c, "close-tried")
GivesUp(c)     == Hurries(c) /\ \E event \in {"cancel", "exhausted", "receipt-wait-over"} : Here(c, event)
Release(c)     == Here(c, "release")
Mismatch(c)    == Hurries(c) /\ Here(c, "mismatch")
Takes(c)       == c[1] = "receiver" /\ Here(c, "taken")
DoesNotTake(c) == Hurries(c) /\ c[1] = "receiver" /\ Here(c, "not-taken")
Types(p) == /\ st[R(p)] = "idle" /\ num[p] # 0
            /\ st' = [st EXCEPT ![R(p)] = "claiming"]
            /\ req' = [req EXCEPT ![R(p)] = Request(R(p), "claim", num[p], Nothing)]
            /\ sent' = IF Late THEN sent \cup {Request(R(p), "claim", num[p], Nothing)} ELSE sent
            /\ UNCHANGED <<relay, restarted, slot, out, num, offer, opened, delivered, heard>>

-----------------------------------------------------------------------------
\* The network, the lawless, and the relay's own time

\* A request arrives whose answer nobody reads: it was lost, or the client had given up, or this is a repeat.
Arrives(q) == q \in sent /\ Executes(q, LAMBDA a : UNCHANGED clients) /\ UNCHANGED restarted

Trespass(m) ==
  \/ \E op \in LawlessOps, n \in Nums :
       \E v \in (IF op \in Writes THEN {<<m, Id(1)>>} \cup (IF Live(n) /\ ch[n].cells[CellOf(op)] = Nothing THEN {} ELSE {<<m, Id(2)>>})
                 ELSE {Nothing}) :
         Executes(Request(m, op, n, v), LAMBDA a : UNCHANGED clients) /\ UNCHANGED restarted
  \/ LawlessOwn /\ Executes(Request(m, "allocate", 0, Nothing), LAMBDA a : UNCHANGED clients) /\ UNCHANGED restarted

Expire(n) == /\ Expiry /\ Live(n)
             /\ ch' = Ending(n, "expired").ch /\ ended' = Ending(n, "expired").ended
             /\ resting' = Ending(n, "expired").resting
             /\ UNCHANGED <<excused, restarted, clients>>

\* No copy of an allocate is on its way for longer than the grace of the channel that it made.
InHand(q) == \E c \in Clients : req[c] = q
GraceOver(t) ==
  /\ GraceEnds
  /\ ended' = ended \ {t}
  /\ sent' = {q \in sent : q.op = "allocate" /\ q.side = t.own => InHand(q)}
  /\ UNCHANGED <<ch, resting, excused, restarted, st, req, slot, out, num, offer, opened, delivered, heard>>

\* The quarantine (600 s) is longer than the grace, and than any client goes on with a request (100 s); what the network
\* still holds of such requests it forgets.
QuarantineOver(n) ==
  /\ QuarantineEnds /\ n \in {resting[i] : i \in DOMAIN resting}
  /\ ~\E t \in ended : t.n = n
  /\ ~\E c \in Clients : req[c].n = n
  /\ resting' = SelectSeq(resting, LAMBDA m : m # n)
  /\ excused' = excused \cup {n}
  /\ sent' = {q \in sent : q.n # n}
  /\ UNCHANGED <<ch, ended, restarted, st, req, slot, out, num, offer, opened, delivered, heard>>

\* A restart breaks the connections, and what was on its way on them.
Restart ==
  /\ Restarts /\ ~restarted /\ restarted' = TRUE
  /\ ch' = [n \in Nums |-> NoChannel] /\ ended' = {} /\ resting' = <<>> /\ excused' = Nums
  /\ sent' = {q \in sent : InHand(q)}
  /\ UNCHANGED <<st, req, slot, out, num, offer, opened, delivered, heard>>

-----------------------------------------------------------------------------
Symmetry == Permutations(Pairs) \cup Permutations(Nums)

Init ==
  /\ ch = [n \in Nums |-> NoChannel] /\ ended = {} /\ resting = <<>> /\ excused = {} /\ restarted = FALSE
  /\ st   = [c \in Clients |-> IF c[1] = "initiator" THEN "allocating" ELSE "idle"]
  /\ req  = [c \in Clients |-> IF c[1] = "initiator" THEN Request(c, "allocate", 0, Nothing) ELSE NoRequest]
  /\ sent = IF Late THEN {req[c] : c \in {I(p) : p \in Pairs}} ELSE {}
  /\ slot = [c \in Clients |-> NoAnswer]
  /\ out  = [c \in Clients |-> ""]
  /\ num  = [p \in Pairs |-> 0]
  /\ offer = [c \in {R(p) : p \in Pairs} |-> Nobody]
  /\ opened = [c \in Clients |-> FALSE]
  /\ delivered = [c \in {I(p) : p \in Pairs} |-> FALSE]
  /\ heard = [c \in {I(p) : p \in Pairs} |-> ""]

Next ==
  \/ \E c \in Clients :
       \/ Serve(c) /\ Acts("Serve")
       \/ Read(c) /\ Acts("Read")
       \/ Release(c) /\ Acts("Release")
       \/ Mismatch(c) /\ Acts("Mismatch")
       \/ Takes(c) /\ Acts("Takes")
       \/ DoesNotTake(c) /\ Acts("DoesNotTake")
       \/ Deadline(c) /\ Acts("Deadline")
       \/ CloseTried(c) /\ Acts("CloseTried")
       \/ GivesUp(c) /\ Acts("GivesUp")
  \/ \E p \in Pairs : Types(p) /\ Acts("Types")
  \/ \E q \in sent : Arrives(q) /\ Acts("Arrives")
  \/ \E m \in Rogues : Trespass(m) /\ Acts("Trespass")
  \/ \E n \in Nums : \/ Expire(n) /\ Acts("Expire")
                     \/ QuarantineOver(n) /\ Acts("QuarantineOver")
  \/ \E t \in ended : GraceOver(t) /\ Acts("GraceOver")
  \/ Restart /\ Acts("Restart")

Actions == {"Serve", "Read", "Release", "Mismatch", "Takes", "DoesNotTake", "Deadline", "CloseTried", "GivesUp", "Types", "Arrives", "Trespass", "Expire",
            "QuarantineOver", "GraceOver", "Restart"}

Spec == Init /\ [][Next]_vars

\* The relay answers in the end, and users and application do their part.
FairSpec == /\ Spec
            /\ \A c \in Clients : WF_vars(Serve(c)) /\ WF_vars(Read(c)) /\ WF_vars(Release(c)) /\ WF_vars(Takes(c))
            /\ \A p \in Pairs : WF_vars(Types(p))

\* Only the clients' own clocks are fair, and the receiver's application, which says in the end whether it has the blob.
ClockSpec == /\ Spec
             /\ \A c \in Clients : WF_vars(Deadline(c)) /\ WF_vars(CloseTried(c)) /\ WF_vars(Takes(c) \/ DoesNotTake(c))

\* Only the relay is fair: it answers in the end. Users and clocks need not do anything.
AnswerSpec == Spec /\ \A c \in Clients : WF_vars(Serve(c)) /\ WF_vars(Read(c))

ASSUME Due({<<"action", a>> : a \in Actions} \cup {<<op, by, s>> \in RelayOps \X {"owner", "claimant", "another"} \X RelayStates :
         RelayTable[op][by][s].holds # "-" /\ (s = "absent" => by = "another")})

-----------------------------------------------------------------------------
\* Properties of the relay

SameChannel(n) == Live(n) /\ ch[n].own = ch'[n].own

\* RELAY-11, RELAY-13, 1.1(4): a cell is written once.
WriteOnce == [][\A n \in Nums : SameChannel(n) =>
  \A c \in Cells : ch[n].cells[c] # Nothing => ch'[n].cells[c] = ch[n].cells[c]]_vars

\* RELAY-11, 1.1(4): a channel is claimed once.
ClaimOnce == [][\A n \in Nums : SameChannel(n) /\ ch[n].clm # Nobody => ch'[n].clm = ch[n].clm]_vars

\* RELAY-17: ending a channel takes away nothing that was written, but for a restart.
EndKeepsCells == [][\A n \in Nums : Live(n) /\ ch'[n].own # ch[n].own /\ restarted' = restarted =>
  \E t \in ended' : t.n = n /\ t.own = ch[n].own /\ t.clm = ch[n].clm /\ t.cells = ch[n].cells]_vars

\* RELAY-17: what is written can be read and repeated during the grace.
GraceAnswers == \A t \in ended : \A c \in Cells :
  t.cells[c] # Nothing /\ (\A u \in ended : u.n = t.n /\ {u.own, u.clm} \cap ({t.own, t.clm} \ {Nobody}) # {} => u = t)
  /\ {t.own, t.clm} \cap Of(t.n) = {} =>
  LET reader == IF c = "finish" THEN t.clm ELSE t.own
      writer == IF c = "finish" THEN t.own ELSE t.clm
  IN /\ Done(Request(reader, "get " \o c, t.n, Nothing)).answer = Answer("200", t.cells[c])
     /\ Done(Request(writer, "put " \o c, t.n, t.cells[c])).answer.is = "200"

\* RELAY-12: an ended channel hides no live channel of the side's own.
OwnLiveFirst == \A n \in Nums : \A s \in Of(n) : Meets(n, s).state = ch[n].state
\* RELAY-12: a side claims no live channel of a number while it has an ended one of that number.
OwnEndedFirst == [][\A n \in Nums : ch'[n].clm # ch[n].clm /\ ch'[n].clm # Nobody => EndedOf(n, ch'[n].clm) = {}]_vars

\* RELAY-14: a side owns one channel at most. RELAY-12: a side that keeps to the rules has one of a number at most, so
\* that "its own ended channel" is one; a lawless side can have more, as claimant of one and owner of the next.
OneChannelEach ==
  /\ \A s \in Sides : Cardinality(OwnLive(s)) + Cardinality({t \in ended : t.own = s}) <= 1
  /\ \A c \in Clients, n \in Nums : Cardinality(EndedOf(n, c)) + (IF c \in {ch[n].own, ch[n].clm} THEN 1 ELSE 0) <= 1

\* 10.1: cells are written in their order, and the state is the last thing written.
InOrder(c) == /\ c.cells["answer"] # Nothing => c.clm # Nobody
              /\ c.cells["finish"] # Nothing => c.cells["answer"] # Nothing
              /\ c.cells["receipt"] # Nothing => c.cells["finish"] # Nothing
LastWritten(c) == CASE c.own = Nobody -> "absent"
                    [] c.cells["receipt"] # Nothing -> "receipted"
                    [] c.cells["finish"] # Nothing -> "finished"
                    [] c.cells["answer"] # Nothing -> "answered"
                    [] c.clm # Nobody -> "claimed"
                    [] OTHER -> "open"
CellsInOrder == /\ \A n \in Nums : InOrder(ch[n]) /\ ch[n].state = LastWritten(ch[n])
                /\ \A t \in ended : InOrder(t)

\* RELAY-11: no request meets a cell that the table says is impossible.
NoImpossibleCell == \A n \in Nums, s \in Sides :
  LET c == Meets(n, s) IN ~ImpossibleCell[By(c, s)][c.state]

-----------------------------------------------------------------------------
\* Properties of the whole

\* 1.1(4): of those who claim a channel, the claimant gets the offer and a third side is told `crowded`.
ClaimIsTold == [][\A r \in {R(p) : p \in Pairs} :
  LET told(is) == IF Travel THEN slot[r] = NoAnswer /\ slot'[r].is = is
                  ELSE st'[r] # st[r] /\ (IF is = "200" THEN st'[r] = "answering" ELSE out'[r] = "crowded")
  IN req[r].op = "claim" /\ UNCHANGED restarted =>
     /\ told("200") => ch'[req[r].n].clm = r
     /\ told("crowded") => ch'[req[r].n].clm \notin {Nobody, r}]_vars

\* RELAY-19: a code hits no stranger's channel while its own is in quarantine (unless the ids had run out), RELAY-12.
NoBystanderBurnt == \A n \in Nums, p \in Pairs :
  Live(n) /\ ch[n].own = I(p) /\ n \notin excused => ch[n].clm \in {Nobody, R(p)} \cup Rogues

\* OUT-1 with RELAY-11, CLIENT-7: against an honest relay nobody says that it misbehaved.
NobodyBlamesRelay == \A c \in Clients : out[c] # "relay-misbehaved"

\* SEAL-6, 1.1(2): an initiator ends `wrong-code` only for the answer of one who is not its receiver.
WrongCodeIsTrue == \A p \in Pairs : out[I(p)] = "wrong-code" => Lawless > 0 \/ excused # {}

\* INIT-4, INIT-7: when the receiver opened the finish, the initiator is `done` or not yet at an end, or it has heard that
\* the receiver's user found other words.
FinishReadIsDone == \A p \in Pairs : opened[R(p)] =>
  \/ out[I(p)] \in {"", "done"}
  \/ out[I(p)] = "closed" /\ heard[I(p)] = "verifier-mismatch" /\ out[R(p)] = "verifier-mismatch"

\* 1.1(6), INIT-5, RECV-2: `delivered` at the initiator proves that the receiver's application has taken its blob (only
\* then is a receiver `done`), and a finish that opened that the initiator opened the receiver's.
DeliveredIsProved == \A p \in Pairs :
  (delivered[I(p)] => opened[R(p)] /\ out[R(p)] = "done") /\ (opened[R(p)] => opened[I(p)])

\* INIT-8, INIT-7: the reasons that an initiator tells are true.
ReasonIsTrue == \A p \in Pairs :
  heard[I(p)] # "" => out[R(p)] = heard[I(p)] /\ ~delivered[I(p)]

\* INIT-1, RECV-1
NoImpossible == \A c \in Clients : st[c] # "idle" => \A event \in PossibleEvents(st[c], req[c].op) :
  Table(c)[st[c]][event].next # "impossible"

\* Section 1, 1.1(6): with a fair relay and patient users both end `done`, and both know that theirs arrived.
BothDone == <>(\A c \in Clients : st[c] = "ended" /\ out[c] = "done" /\ (c[1] = "initiator" => delivered[c]))

\* INIT-2, INIT-6, RECV-5: who looks first and polls learns when the channel has ended, by the relay's answers alone.
Over(c) == num[Pair(c)] # 0 /\ c \notin Of(Code(c))
LookersLearn == \A c \in Clients :
  (st[c] \in {"holding", "comparing"} /\ Over(c)) ~> (st[c] \notin {"holding", "comparing"})

\* When a receiver has closed its channel for one of these reasons, and its initiator has opened the answer and has not
\* ended by then, the initiator hears it, if only it goes on asking while there is grace (in relay-look initiators do).
EndedFor(p, why) == \E t \in ended : t.own = I(p) /\ t.clm = R(p) /\ t.why = why
Listens(p) == st[I(p)] \in {"holding", "finishing", "waiting-for-receipt"}
Hears(p, why, outcome) ==
  (EndedFor(p, why) /\ Listens(p)) ~> (out[I(p)] = outcome /\ heard[I(p)] = why)
\* INIT-7: then it is not `done`, even in `waiting-for-receipt`.
MismatchIsHeard == \A p \in Pairs : Hears(p, "verifier-mismatch", "closed")
\* INIT-8
NotTakenIsHeard == \A p \in Pairs : Hears(p, "not-taken", "done")

\* 1.1(5): who has begun ends.
EverybodyEnds == \A c \in Clients : (st[c] # "idle") ~> (st[c] = "ended")
=============================================================================
