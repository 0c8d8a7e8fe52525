// The initiator's table (section 11.4, INIT-1), row by row.
import { buildTable } from './table.js';

export const INITIATOR = buildTable(`
allocating | allocated | waiting-for-answer | get answer
allocating | closed, mismatch-reported | ended |  | closed
allocating | expired | ended |  | expired
allocating | forbidden, no-such-channel, crowded, misbehaved | ended |  | relay-misbehaved
allocating | exhausted | ended |  | relay-unreachable
allocating | deadline | ended |  | timeout
allocating | cancel | ended |  | cancelled
allocating | answer-opened, answer-malformed, answer-bad-element, answer-unopened, stored, empty, receipt-opened, receipt-unopened, close-tried | impossible (a)
allocating | receipt-wait-over | impossible (b)
allocating | release, mismatch | impossible (c)
waiting-for-answer | answer-opened | holding | get receipt
waiting-for-answer | answer-malformed | closing | close malformed-message | malformed-message
waiting-for-answer | answer-bad-element | closing | close bad-element | bad-element
waiting-for-answer | answer-unopened | closing | close wrong-code | wrong-code
waiting-for-answer | empty | waiting-for-answer | get answer (repeat)
waiting-for-answer | closed, mismatch-reported | ended |  | closed
waiting-for-answer | expired | ended |  | expired
waiting-for-answer | forbidden, no-such-channel | ended |  | closed (lost)
waiting-for-answer | crowded, misbehaved | closing | close relay-misbehaved | relay-misbehaved
waiting-for-answer | exhausted | ended |  | relay-unreachable
waiting-for-answer | deadline | closing | close timeout | timeout
waiting-for-answer | cancel | closing | close cancelled | cancelled
waiting-for-answer | allocated, stored, receipt-opened, receipt-unopened, close-tried | impossible (a)
waiting-for-answer | receipt-wait-over | impossible (b)
waiting-for-answer | release, mismatch | impossible (c)
holding | release | finishing | put finish
holding | mismatch | closing | close verifier-mismatch | verifier-mismatch
holding | empty | holding | get receipt (repeat)
holding | closed, mismatch-reported | ended |  | closed
holding | expired | ended |  | expired
holding | forbidden, no-such-channel | ended |  | closed (lost)
holding | receipt-opened, receipt-unopened | closing | close relay-misbehaved | relay-misbehaved
holding | crowded, misbehaved | closing | close relay-misbehaved | relay-misbehaved
holding | exhausted | ended |  | relay-unreachable
holding | deadline | closing | close timeout | timeout
holding | cancel | closing | close cancelled | cancelled
holding | allocated, answer-opened, answer-malformed, answer-bad-element, answer-unopened, stored, close-tried | impossible (a)
holding | receipt-wait-over | impossible (b)
finishing | stored | waiting-for-receipt | get receipt
finishing | closed, mismatch-reported | ended |  | closed
finishing | expired | ended |  | expired
finishing | crowded, misbehaved | closing | close relay-misbehaved | relay-misbehaved
finishing | forbidden, no-such-channel, exhausted, deadline, cancel | ended |  | done
finishing | allocated, answer-opened, answer-malformed, answer-bad-element, answer-unopened, empty, receipt-opened, receipt-unopened, close-tried | impossible (a)
finishing | receipt-wait-over | impossible (b)
finishing | release, mismatch | impossible (c)
waiting-for-receipt | receipt-opened | closing | close done | done
waiting-for-receipt | empty | waiting-for-receipt | get receipt (repeat)
waiting-for-receipt | mismatch-reported | ended |  | closed
waiting-for-receipt | receipt-unopened, forbidden, no-such-channel, crowded, closed, expired, misbehaved, exhausted, deadline, receipt-wait-over, cancel | ended |  | done
waiting-for-receipt | allocated, answer-opened, answer-malformed, answer-bad-element, answer-unopened, stored, close-tried | impossible (a)
waiting-for-receipt | release, mismatch | impossible (c)
closing | close-tried, cancel | ended
closing | allocated, answer-opened, answer-malformed, answer-bad-element, answer-unopened, stored, empty, receipt-opened, receipt-unopened, forbidden, no-such-channel, crowded, closed, mismatch-reported, expired, misbehaved, exhausted | impossible (a)
closing | deadline, receipt-wait-over | impossible (b)
closing | release, mismatch | impossible (c)
`);
