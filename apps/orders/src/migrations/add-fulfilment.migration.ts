import type { MigrationInterface, QueryRunner } from 'typeorm';

const UP = [
  `CREATE TABLE shipment (
     order_id      uuid        CONSTRAINT shipment_pkey PRIMARY KEY
       CONSTRAINT shipment_order_fkey REFERENCES orders (id),
     released_at   timestamptz NOT NULL DEFAULT clock_timestamp(),
     picked_at     timestamptz,
     packed_at     timestamptz,
     tracking      text,
     labelled_at   timestamptz,
     shipped_at    timestamptz,
     delivered_at  timestamptz,
     called_off_at timestamptz,
     refund_id     uuid        CONSTRAINT shipment_refund_fkey REFERENCES refund (id),
     CONSTRAINT shipment_one_end CHECK (called_off_at IS NULL OR shipped_at IS NULL)
   )`,
  `CREATE TABLE approval (
     order_id   uuid        NOT NULL CONSTRAINT approval_order_fkey REFERENCES orders (id),
     subject    text        NOT NULL,
     asked_at   timestamptz NOT NULL DEFAULT clock_timestamp(),
     decision   text        CONSTRAINT approval_decision_known CHECK (decision IN ('approved', 'denied')),
     decided_at timestamptz,
     decided_by text,
     CONSTRAINT approval_pkey PRIMARY KEY (order_id, subject),
     CONSTRAINT approval_decided_whole CHECK
       ((decision IS NULL) = (decided_at IS NULL) AND (decision IS NULL) = (decided_by IS NULL))
   )`,
  // Those that the staff has to look at: as small as they are few.
  'CREATE INDEX approval_open ON approval (asked_at) WHERE decision IS NULL',
];

/** What the warehouse did with an order, and what the staff was asked to decide. Only adds (R38). */
export class AddFulfilment1767225600040 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    for (const sql of UP) await runner.query(sql);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE approval, shipment');
  }
}
