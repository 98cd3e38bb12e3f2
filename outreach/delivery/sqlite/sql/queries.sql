-- Each query begins at its name; the text until then is its description. In ranges, :slice << 32 is the first id that a
-- batch of the slice can have. A set of stages is an integer with a bit for each.

-- Campaigns

-- :campaign_put
-- Write down a campaign and its latest plan.
INSERT INTO campaign (name, round, digest, row_counts, planned_at) VALUES (:name, :round, :digest, :rows, :at)
ON CONFLICT (name, round) DO UPDATE SET digest = :digest, row_counts = :rows, planned_at = :at
-- :campaign_get
-- Find a campaign and its latest plan.
SELECT id, digest, row_counts FROM campaign WHERE name = :name AND round = :round
-- :campaign_list
-- Every campaign, in the order of their first plan.
SELECT name, round FROM campaign ORDER BY id

-- :slice_list
-- Every slice of a campaign, in order.
SELECT id, provider, channels, zone, fingerprint, title, marker, closed, refs, start, reason, next_seq
FROM slice WHERE campaign = :campaign ORDER BY id
-- :slice_add
-- A campaign to be made at a vendor.
INSERT INTO slice (campaign, provider, channels, zone, fingerprint, title, marker)
VALUES (:campaign, :provider, :channels, :zone, :fingerprint, :title, :marker)
-- :slice_aboard
-- Whether people are, or may be, in the vendor's campaign already (loading, loaded, load_unknown).
SELECT 1 FROM batch WHERE id BETWEEN :slice << 32 AND (:slice << 32) + 4294967295 AND stage IN (1, 2, 3) LIMIT 1
-- :slice_refs
-- What the vendor's answers supplied so far.
SELECT refs, closed FROM slice WHERE id = :slice
-- :slice_supply
-- An answer supplied Refs; the start is kept where the answer does not state one.
UPDATE slice SET refs = :refs, start = coalesce(:start, start) WHERE id = :slice
-- :slice_whose
-- Whose slice it is, and what it carries.
SELECT campaign, provider, channels FROM slice WHERE id = :slice
-- :slice_close
-- Nobody is added any more (1), or it is open again (0).
UPDATE slice SET closed = :closed WHERE id = :slice
-- :slice_hold
-- Why it stands still.
UPDATE slice SET reason = :reason WHERE id = :slice AND reason <> :reason
-- :slice_grow
-- Batches were added behind the ones that there ever were.
UPDATE slice SET next_seq = :next_seq WHERE id = :slice
-- :slice_next
-- The seq of the next batch to be added.
SELECT next_seq FROM slice WHERE id = :slice
-- :slice_drop
-- Forget a slice that was never opened and has no people.
DELETE FROM slice WHERE id = :slice
    AND NOT EXISTS (SELECT 1 FROM step WHERE step.slice = :slice)
    AND NOT EXISTS (SELECT 1 FROM batch WHERE batch.id >= :slice << 32 AND batch.id < (:slice + 1) << 32)

-- :step_list
-- The requests of open and launch that were ever begun. 'open' comes behind 'launch' in the alphabet.
SELECT step, position, state, reason, intended_at, updated_at FROM step WHERE slice = :slice ORDER BY step DESC, position
-- :step_get
-- What is known of one request.
SELECT state, reaches FROM step WHERE slice = :slice AND step = :step AND position = :position
-- :step_intend
-- The request is about to be sent.
INSERT INTO step (slice, step, position, state, reason, digest, reaches, intended_at, updated_at)
VALUES (:slice, :step, :position, 'in_flight', '', :digest, :reaches, :at, :at)
ON CONFLICT (slice, step, position) DO UPDATE
SET state = 'in_flight', reason = '', digest = :digest, reaches = :reaches, intended_at = :at, updated_at = :at
-- :step_conclude
-- What became of the request.
UPDATE step SET state = :state, reason = :reason, updated_at = :at
WHERE slice = :slice AND step = :step AND position = :position AND state IN ('in_flight', 'unknown')
-- :step_interrupted
-- On opening: nobody knows what became of a request that was on its way.
UPDATE step SET state = 'unknown', reason = :reason, updated_at = :at WHERE state = 'in_flight'

-- Batches: one at a time

-- :batch_add
-- People who will travel in one request, or who are given up.
INSERT INTO batch (id, size, stage, tally, attempts, intended_at, updated_at, channels, launched, reason,
                   vendor_id, status, word, exceptions)
VALUES (:id, :size, :stage, :tally, :attempts, :intended_at, :updated_at, :channels, 0, :reason,
        :vendor_id, :status, :word, :exceptions)
-- :people_add
-- Who they are.
INSERT INTO people (batch, phones, ids, row_numbers, earlier, receipts, told)
VALUES (:id, :phones, :ids, :row_numbers, :earlier, :receipts, :told)
-- :batch_plan
-- A new batch, as one of many: id, size, time.
INSERT INTO batch (id, size, stage, updated_at) VALUES (?, ?, 0, ?)
-- :people_plan
-- Who is in it: id, numbers, ids, rows, earlier attempts.
INSERT INTO people (batch, phones, ids, row_numbers, earlier) VALUES (?, ?, ?, ?, ?)
-- :batch_write
-- Put everything that can change of a batch in place of what was.
UPDATE batch SET size = :size, stage = :stage, tally = :tally, attempts = :attempts, intended_at = :intended_at,
                 updated_at = :updated_at, channels = :channels, reason = :reason, vendor_id = :vendor_id,
                 status = :status, word = :word, exceptions = :exceptions
WHERE id = :id
-- :people_write
-- The same for its people.
UPDATE people SET phones = :phones, ids = :ids, row_numbers = :row_numbers, earlier = :earlier, receipts = :receipts,
                  told = :told
WHERE batch = :id
-- :batch_drop
-- Its people stand elsewhere now.
DELETE FROM batch WHERE id = :id
-- :batch_stage
-- How far it has come, for the one who was refused.
SELECT stage FROM batch WHERE id = :id
-- :batch_intend
-- It is about to be sent; its slice must be open.
UPDATE batch SET stage = :stage, reason = '', digest = :digest, attempts = attempts + 1, intended_at = :at,
                 updated_at = :at, launched = 0
WHERE id = :id AND stage = 0 AND (SELECT NOT closed FROM slice WHERE slice.id = :slice)
-- :batch_conclude
-- What became of it, where it became of everybody alike; bits 1, 3, 4 and 7: it is not settled yet.
UPDATE batch SET stage = :stage, reason = :reason, updated_at = :at, tally = coalesce(:tally, tally),
                 vendor_id = coalesce(:vendor_id, vendor_id), status = coalesce(:status, status),
                 word = coalesce(:word, word)
WHERE id = :id AND exceptions IS NULL AND (154 >> stage) & 1
-- :batch_length
-- How many people are in it.
SELECT size FROM batch WHERE id = :id
-- :receipts_put
-- The receipts of their own that people have; none where everybody has the same.
UPDATE people SET receipts = :receipts, told = :told
WHERE batch = :id AND (receipts IS NOT :receipts OR told IS NOT :told)
-- :batch_get
-- One batch with its people.
SELECT batch.id, size, stage, reason, exceptions, vendor_id, status, word, attempts, intended_at, updated_at, channels,
       phones, ids, row_numbers, earlier, receipts, told
FROM batch JOIN people ON people.batch = batch.id WHERE batch.id = :id

-- Batches: of one slice

-- :batch_list
-- Batches in these stages, and, if asked for, those with exceptions.
SELECT batch.id, size, stage, reason, exceptions, vendor_id, status, word, attempts, intended_at, updated_at, channels,
       phones, ids, row_numbers, earlier, receipts, told
FROM batch CROSS JOIN people ON people.batch = batch.id
WHERE batch.id > :after AND batch.id < (:slice + 1) << 32
    AND ((:stages >> stage) & 1 OR (:mixed AND exceptions IS NOT NULL))
ORDER BY batch.id
-- :batch_movable
-- Batches with people in one of these stages (planned or cancelled: they may be planned anew), or that may hold such.
SELECT batch.id, size, stage, reason, exceptions, vendor_id, status, word, attempts, intended_at, updated_at, channels,
       phones, ids, row_numbers, earlier, receipts, told
FROM batch CROSS JOIN people ON people.batch = batch.id
WHERE batch.id > :after AND batch.id < :before AND ((:stages >> stage) & 1 OR exceptions IS NOT NULL)
ORDER BY batch.id LIMIT :limit
-- :batch_mixed
-- Batches in which not everybody is in the same stage.
SELECT id, stage, exceptions FROM batch
WHERE id >= :slice << 32 AND id < (:slice + 1) << 32 AND exceptions IS NOT NULL
-- :batch_any
-- Whether a batch is in one of these stages.
SELECT 1 FROM batch WHERE id >= :slice << 32 AND id < (:slice + 1) << 32 AND (:stages >> stage) & 1 LIMIT 1
-- :batch_size
-- People in batches in which everybody is in one of these stages.
SELECT coalesce(sum(size), 0) FROM batch
WHERE id >= :slice << 32 AND id < (:slice + 1) << 32 AND exceptions IS NULL AND (:stages >> stage) & 1
-- :batch_cancel
-- Give them up.
UPDATE batch SET stage = 8, reason = :reason, updated_at = :at
WHERE id >= :slice << 32 AND id < (:slice + 1) << 32 AND exceptions IS NULL AND (:stages >> stage) & 1
-- :batch_hold
-- Why the batches that are planned to the outside were not sent. Settling counts from the time that is left alone.
UPDATE batch SET reason = :reason, updated_at = CASE WHEN stage IN (2, 3) THEN updated_at ELSE :at END
WHERE id >= :slice << 32 AND id < (:slice + 1) << 32 AND stage IN (0, 1, 2, 3) AND reason <> :reason
-- :batch_launch
-- What is loaded is about to be launched.
UPDATE batch SET stage = 4, launched = 1, reason = '', intended_at = :at, updated_at = :at
WHERE id >= :slice << 32 AND id < (:slice + 1) << 32 AND stage = 2
-- :batch_launched
-- What became of the launch; batches settled in the meantime keep what they are.
UPDATE batch SET stage = :stage, reason = :reason, updated_at = :at
WHERE id >= :slice << 32 AND id < (:slice + 1) << 32 AND launched AND stage IN (4, 7)

-- Batches: of all slices

-- :batch_interrupted
-- On opening: nobody knows what became of a request that was on its way.
UPDATE batch SET stage = CASE stage WHEN 1 THEN 3 ELSE 7 END, reason = :reason, updated_at = :at
WHERE stage IN (1, 4)
-- :batch_contacted
-- Batches with people who must not be planned again: everything but planned, rejected, cancelled, skipped and passed.
SELECT batch.id, slice.channels, stage, exceptions, phones
FROM slice CROSS JOIN batch CROSS JOIN people ON people.batch = batch.id
WHERE slice.campaign = :campaign AND slice.id >= :after >> 32
    AND batch.id >= slice.id << 32 AND batch.id < (slice.id + 1) << 32 AND batch.id > :after
    AND (stage NOT IN (0, 6, 8, 9, 10) OR exceptions IS NOT NULL)
ORDER BY slice.id, batch.id
-- :batch_turns
-- Batches with people whom their provider refused, or (the slice being open) who are aboard; and what they were tried.
SELECT batch.id, slice.provider, slice.channels, slice.closed, batch.channels, stage, exceptions, phones, attempts,
       earlier
FROM slice CROSS JOIN batch CROSS JOIN people ON people.batch = batch.id
WHERE slice.campaign = :campaign AND slice.id >= :after >> 32
    AND batch.id >= slice.id << 32 AND batch.id < (slice.id + 1) << 32 AND batch.id > :after
    AND ((:stages >> stage) & 1 OR exceptions IS NOT NULL) AND (attempts >= :most OR earlier IS NOT NULL OR :most = 0)
ORDER BY slice.id, batch.id
-- :batch_pressure
-- Batches with people who were, or may have been, contacted since a time, or will be: a vendor was told when.
SELECT batch.id, slice.channels, stage, exceptions, phones
FROM batch CROSS JOIN slice ON slice.id = batch.id >> 32 CROSS JOIN people ON people.batch = batch.id
WHERE batch.id > :after AND (batch.intended_at >= :since OR batch.intended_at IS NOT NULL AND slice.start >= :since)
    AND (stage IN (4, 5, 7) OR exceptions IS NOT NULL)
ORDER BY batch.id
-- :batch_claimed
-- Batches of a provider, of whatever campaign, whose receipts may hold one of some ids, or in which somebody has none.
SELECT stage, exceptions, phones, vendor_id, receipts
FROM slice CROSS JOIN batch CROSS JOIN people ON people.batch = batch.id
WHERE slice.provider = :provider AND batch.id >= slice.id << 32 AND batch.id < (slice.id + 1) << 32
    AND batch.id <> :own
    AND (stage = :unknown OR stage = :accepted AND coalesce(vendor_id, '') = '' OR exceptions IS NOT NULL
        OR vendor_id IN (SELECT value FROM json_each(:ids)) OR receipts IS NOT NULL)
-- :batch_deliveries
-- Every batch of a campaign, with what the report says about it.
SELECT slice.provider, slice.channels,
       batch.id, size, stage, batch.reason, exceptions, vendor_id, status, word, attempts, intended_at, updated_at,
       batch.channels, phones, ids, row_numbers, earlier, receipts, told
FROM slice CROSS JOIN batch CROSS JOIN people ON people.batch = batch.id
WHERE slice.campaign = :campaign AND slice.id >= :after >> 32
    AND batch.id >= slice.id << 32 AND batch.id < (slice.id + 1) << 32 AND batch.id > :after
ORDER BY slice.id, batch.id
-- :batch_counts
-- People by everything that is counted, where a batch is of one kind.
SELECT slice.provider, slice.channels, batch.channels, stage, batch.reason, tally, sum(size)
FROM slice CROSS JOIN batch
WHERE slice.campaign = :campaign AND batch.id >= slice.id << 32 AND batch.id < (slice.id + 1) << 32
    AND exceptions IS NULL AND tally IS NOT '' AND stage <> 10
GROUP BY 1, 2, 3, 4, 5, 6
-- :batch_counts_mixed
-- The other batches.
SELECT slice.provider, slice.channels, batch.channels, size, stage, batch.reason, exceptions, status, receipts
FROM slice CROSS JOIN batch CROSS JOIN people ON people.batch = batch.id
WHERE slice.campaign = :campaign AND batch.id >= slice.id << 32 AND batch.id < (slice.id + 1) << 32
    AND (exceptions IS NOT NULL OR tally IS '')

-- What people said

-- :mark_add
-- A person's word about somebody.
INSERT INTO mark (campaign, provider, channels, phone, sent, said_by, reason, said_at)
VALUES (:campaign, :provider, :channels, :phone, :sent, :by, :reason, :at)
-- :mark_list
-- All of it, in order.
SELECT phone, channels, provider, sent, said_by, reason, said_at FROM mark WHERE campaign = :campaign ORDER BY id

-- People left out

-- :skipped_clear
-- A new plan takes the place of the old one.
DELETE FROM skipped WHERE id >= :campaign << 32 AND id < (:campaign + 1) << 32
-- :skipped_add
-- A chunk of people left out for one reason.
INSERT INTO skipped (id, size, channel, provider, reason, updated_at, phones, ids, row_numbers)
VALUES (:id, :size, :channel, :provider, :reason, :updated_at, :phones, :ids, :row_numbers)
-- :skipped_append
-- People left out after the plan, behind those of the plan.
INSERT INTO skipped (id, size, channel, provider, reason, updated_at, phones, ids, row_numbers)
SELECT coalesce(max(id), (:campaign << 32) - 1) + 1, :size, :channel, :provider, :reason, :updated_at,
       :phones, :ids, :row_numbers
FROM skipped WHERE id >= :campaign << 32 AND id < (:campaign + 1) << 32
-- :skipped_list
-- Those that are deliveries (:deliveries = 1), or those that are none (0).
SELECT id, channel, provider, reason, updated_at, size, phones, ids, row_numbers FROM skipped
WHERE id > :after AND id >= :campaign << 32 AND id < (:campaign + 1) << 32 AND (channel IS NOT NULL) = :deliveries
ORDER BY id
-- :skipped_counts
-- People by channel, provider and reason; rows that are no delivery left out.
SELECT channel, provider, reason, sum(size) FROM skipped
WHERE id >= :campaign << 32 AND id < (:campaign + 1) << 32 AND channel IS NOT NULL GROUP BY 1, 2, 3

-- Single calls

-- :call_intend
-- It is about to be sent.
INSERT INTO call (provider, endpoint, digest, state, reason, intended_at, updated_at)
VALUES (:provider, :endpoint, :digest, 'in_flight', '', :at, :at)
-- :call_conclude
-- What became of it.
UPDATE call SET state = :state, reason = :reason, updated_at = :at WHERE id = :id AND state = 'in_flight'
-- :call_interrupted
-- On opening: nobody knows what became of a request that was on its way.
UPDATE call SET state = 'unknown', reason = :reason, updated_at = :at WHERE state = 'in_flight'
-- :call_list
-- Every call, in order.
SELECT id, provider, endpoint, digest, state, reason, intended_at FROM call ORDER BY id

-- The file

-- :home_get
-- Where this file is at home.
SELECT path, device, inode, generation FROM home
-- :home_put
-- It is at home here.
INSERT INTO home (only_row, path, device, inode, generation) VALUES (1, :path, :device, :inode, :generation)
ON CONFLICT (only_row) DO UPDATE SET path = :path, device = :device, inode = :inode, generation = :generation
