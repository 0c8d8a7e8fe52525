// The receiver's table (section 11.5, RECV-1), row by row.
import { buildTable } from './table.js';

export const RECEIVER = buildTable(`
claiming | offer-good | answering | put answer
claiming | offer-malformed | closing | close malformed-message | malformed-message
claiming | offer-bad-element | closing | close bad-element | bad-element
claiming | no-such-channel | ended |  | no-such-channel
claiming | crowded | ended |  | crowded
claiming | closed, mismatch-reported | ended |  | closed
claiming | expired | ended |  | expired
claiming | forbidden | ended |  | relay-misbehaved
claiming | misbehaved | closing | close relay-misbehaved | relay-misbehaved
claiming | exhausted | ended |  | relay-unreachable
claiming | deadline | closing | close timeout | timeout
claiming | cancel | closing | close cancelled | cancelled
claiming | stored, empty, finish-opened, finish-malformed, finish-unopened, close-tried | impossible (a)
claiming | release, mismatch, taken, not-taken | impossible (c)
answering | stored | comparing | get finish
answering | closed, mismatch-reported | ended |  | closed
answering | expired | ended |  | expired
answering | forbidden, no-such-channel | ended |  | closed (lost)
answering | crowded, misbehaved | closing | close relay-misbehaved | relay-misbehaved
answering | exhausted | ended |  | relay-unreachable
answering | deadline | closing | close timeout | timeout
answering | cancel | closing | close cancelled | cancelled
answering | offer-good, offer-malformed, offer-bad-element, empty, finish-opened, finish-malformed, finish-unopened, close-tried | impossible (a)
answering | release, mismatch, taken, not-taken | impossible (c)
comparing | release | waiting-for-finish | get finish
comparing | mismatch | closing | close verifier-mismatch | verifier-mismatch
comparing | finish-opened | opened
comparing | finish-malformed | closing | close malformed-message | malformed-message
comparing | finish-unopened | closing | close wrong-code | wrong-code
comparing | empty | comparing | get finish (repeat)
comparing | closed, mismatch-reported | ended |  | closed
comparing | expired | ended |  | expired
comparing | forbidden, no-such-channel | ended |  | closed (lost)
comparing | crowded, misbehaved | closing | close relay-misbehaved | relay-misbehaved
comparing | exhausted | ended |  | relay-unreachable
comparing | deadline | closing | close timeout | timeout
comparing | cancel | closing | close cancelled | cancelled
comparing | offer-good, offer-malformed, offer-bad-element, stored, close-tried | impossible (a)
comparing | taken, not-taken | impossible (c)
opened | release | taking
opened | mismatch | closing | close verifier-mismatch | verifier-mismatch
opened | deadline | closing | close timeout | timeout
opened | cancel | closing | close cancelled | cancelled
opened | offer-good, offer-malformed, offer-bad-element, stored, empty, finish-opened, finish-malformed, finish-unopened, no-such-channel, crowded, forbidden, closed, mismatch-reported, expired, misbehaved, exhausted, close-tried | impossible (a)
opened | taken, not-taken | impossible (c)
waiting-for-finish | finish-opened | taking
waiting-for-finish | finish-malformed | closing | close malformed-message | malformed-message
waiting-for-finish | finish-unopened | closing | close wrong-code | wrong-code
waiting-for-finish | empty | waiting-for-finish | get finish (repeat)
waiting-for-finish | closed, mismatch-reported | ended |  | closed
waiting-for-finish | expired | ended |  | expired
waiting-for-finish | forbidden, no-such-channel | ended |  | closed (lost)
waiting-for-finish | crowded, misbehaved | closing | close relay-misbehaved | relay-misbehaved
waiting-for-finish | exhausted | ended |  | relay-unreachable
waiting-for-finish | deadline | closing | close timeout | timeout
waiting-for-finish | cancel | closing | close cancelled | cancelled
waiting-for-finish | offer-good, offer-malformed, offer-bad-element, stored, close-tried | impossible (a)
waiting-for-finish | release, mismatch, taken, not-taken | impossible (c)
taking | taken | sending-receipt | put receipt | done
taking | not-taken | closing | close not-taken | not-taken
taking | cancel | closing | close cancelled | cancelled
taking | offer-good, offer-malformed, offer-bad-element, stored, empty, finish-opened, finish-malformed, finish-unopened, no-such-channel, crowded, forbidden, closed, mismatch-reported, expired, misbehaved, exhausted, close-tried | impossible (a)
taking | deadline | impossible (b)
taking | release, mismatch | impossible (c)
sending-receipt | stored, forbidden, no-such-channel, crowded, closed, mismatch-reported, expired, misbehaved, exhausted, deadline, cancel | ended
sending-receipt | offer-good, offer-malformed, offer-bad-element, empty, finish-opened, finish-malformed, finish-unopened, close-tried | impossible (a)
sending-receipt | release, mismatch, taken, not-taken | impossible (c)
closing | close-tried, cancel | ended
closing | offer-good, offer-malformed, offer-bad-element, stored, empty, finish-opened, finish-malformed, finish-unopened, no-such-channel, crowded, forbidden, closed, mismatch-reported, expired, misbehaved, exhausted | impossible (a)
closing | deadline | impossible (b)
closing | release, mismatch, taken, not-taken | impossible (c)
`);
