import type { MigrationInterface, QueryRunner } from '@lethe/database';
import { countClicks, countNewClicks, countVisitors, countVisits } from './click-windows.js';
import { trigger } from './statement-trigger.js';

const PAST = 'SELECT session, at, type FROM click';

/** Clicks in windows of time, visitors and visits, kept with every click as sales are (R38). Only adds. */
export class CreateClickWindows1768000000003 implements MigrationInterface {
  readonly name = 'CreateClickWindows1768000000003';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(countNewClicks());
    await runner.query(trigger('click', 'INSERT', 'count_clicks'));
    for (const sql of [countClicks(PAST), countVisitors(PAST), countVisits(PAST)]) await runner.query(sql);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TRIGGER count_clicks ON click');
    await runner.query('DROP FUNCTION count_clicks');
  }
}
