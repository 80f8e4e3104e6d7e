/** The catalogue as it is listed. */

/** Each row is a SegmentEntry. */
export const SEGMENTS_SQL = `SELECT g.branch_id AS branchId, g.id AS segmentId, g.kind, g.state,
    g.shift_id AS shiftId, s.business_date AS businessDate, coalesce(g.records, 0) AS records,
    (SELECT count(*) FROM archived_order a INDEXED BY archived_order_segment
     WHERE a.branch_id = g.branch_id AND a.segment_id = g.id) AS archived,
    coalesce(g.bytes, 0) AS bytes, coalesce(g.raw_bytes, 0) AS rawBytes
  FROM archive_segment g LEFT JOIN pos_shift s ON s.branch_id = g.branch_id AND s.id = g.shift_id
  ORDER BY g.branch_id, g.at, g.id`;
