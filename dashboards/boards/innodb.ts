import { blockPanel } from '../block-panel.ts'
import type { BoardEntry } from '../board.ts'
import { optionPanel } from '../option-panel.ts'
import { tooHighFrom, tooLowBelow } from '../panels.ts'
import { orZero, perSecond } from '../queries.ts'

const status = 'mysql_global_status'
const lots = 'stampede_order_lots'
const arms = 'arm=~"$arm"'

export const innodb: BoardEntry = {
  uid: 'stampede-innodb',
  title: 'InnoDB locks and deadlocks',
  description:
    'The database that both arms share. Its figures have no arm: the blue bands say ' +
    'whose block it was.',
  arms: 'many',
  rows: [
    {
      title: 'Locks',
      height: 8,
      panels: [
        {
          kind: 'timeseries',
          title: 'Row locks being waited for now',
          unit: 'short',
          good: '0 or 1.',
          otherwise: 'a hot row: a sequence row or the stock of the item that everybody wants.',
          thresholds: tooHighFrom(2, 5),
          queries: [
            { expr: `sum(${status}_innodb_row_lock_current_waits)`, legend: 'waiting now' },
          ],
        },
        {
          kind: 'timeseries',
          title: 'Row-lock waits begun',
          unit: 'ops',
          good: 'far fewer than orders a second.',
          otherwise: 'close to one an order: every order queues. Try stock=conditional-update.',
          queries: [
            {
              expr: `sum(rate(${status}_innodb_row_lock_waits[$__rate_interval]))`,
              legend: 'waits',
            },
          ],
        },
        {
          kind: 'timeseries',
          title: 'Mean wait for a row lock',
          unit: 's',
          good: 'a few milliseconds.',
          otherwise:
            'as long as the transaction that holds it: is it calling the bank? A ' +
            'wait is counted when ' +
            'it ends, so a long one shows late.',
          thresholds: tooHighFrom(0.05, 0.5),
          queries: [
            {
              expr: orZero(
                `sum(rate(${status}_innodb_row_lock_time[$__rate_interval])) / 1000 / ` +
                  `(sum(rate(${status}_innodb_row_lock_waits[$__rate_interval])) > 0)`,
                `sum(rate(${status}_innodb_row_lock_waits[$__rate_interval]))`,
              ),
              legend: 'mean wait',
            },
          ],
        },
        {
          kind: 'timeseries',
          title: 'Deadlocks, and transactions tried again',
          unit: 'ops',
          good: 'none.',
          otherwise:
            'two transactions took the same rows in another order; InnoDB rolled one ' +
            'back. Locking ' +
            'items in the order of their ids, or one transaction an item, ends it.',
          thresholds: tooHighFrom(0.1, 1),
          queries: [
            {
              expr: `sum(rate(${status}_innodb_deadlocks[$__rate_interval]))`,
              legend: 'deadlocks',
            },
            {
              expr: perSecond('arm, reason', 'stampede_transaction_retries_total', arms),
              legend: '{{arm}} again after {{reason}}',
              dashed: true,
            },
          ],
        },
      ],
    },
    {
      title: 'Orders that share a transaction',
      height: 8,
      panels: [
        optionPanel('transaction', 'A transaction is'),
        {
          kind: 'timeseries',
          title: 'Orders, and transactions for them',
          unit: 'ops',
          good: 'orders follow the crowd, transactions level off; all 0: the option is another.',
          otherwise: 'the two lie on each other: nobody waits, so there is nothing to share.',
          queries: [
            { expr: perSecond('arm', `${lots}_orders_total`, arms), legend: '{{arm}} orders' },
            {
              expr: perSecond('arm', `${lots}_begun_total`, arms),
              legend: '{{arm}} transactions',
              dashed: true,
            },
          ],
        },
        {
          kind: 'timeseries',
          title: 'Shared transactions that were undone',
          unit: 'ops',
          good: 'none.',
          otherwise:
            'an order in the lot could not be (a key used twice, a quota), or the database went ' +
            'away: each order of the lot was then tried by itself.',
          thresholds: tooHighFrom(0.1, 1),
          queries: [{ expr: perSecond('arm', `${lots}_undone_total`, arms), legend: '{{arm}}' }],
        },
      ],
    },
    {
      title: 'Whose block it was',
      height: 4,
      panels: [
        {
          ...blockPanel,
          good: 'the arms take turns, one at a time.',
          otherwise: 'both at once: the figures on this board belong to both.',
        },
      ],
    },
    {
      title: 'Sessions and work',
      height: 8,
      panels: [
        {
          kind: 'timeseries',
          title: 'Sessions',
          unit: 'short',
          good: 'few of those connected are running: they finish at once.',
          otherwise: 'as many running as connected: they wait for locks or for the processor.',
          queries: [
            { expr: `sum(${status}_threads_running)`, legend: 'running' },
            { expr: `sum(${status}_threads_connected)`, legend: 'connected', dashed: true },
          ],
        },
        {
          kind: 'timeseries',
          title: 'Statements',
          unit: 'ops',
          good: 'commits stand in a fixed proportion to orders; rollbacks are rare.',
          otherwise:
            'many selects a commit: rows are read one at a time. Rollbacks: see deadlocks.',
          queries: [
            {
              expr: perSecond(
                'command',
                `${status}_commands_total`,
                'command=~"select|insert|update|delete|commit|rollback"',
              ),
              legend: '{{command}}',
            },
          ],
        },
        {
          kind: 'timeseries',
          title: 'Writes of the redo log a commit',
          unit: 'short',
          good: 'below 1 under load: several commits share one write (group commit).',
          otherwise: 'at 1 or more commits go one by one: they hold each other up by locks.',
          queries: [
            {
              // MySQL counts forced writes, MariaDB writes: either is one for a group of commits.
              expr:
                `(sum(rate(${status}_innodb_os_log_fsyncs[$__rate_interval])) or ` +
                `sum(rate(${status}_innodb_log_writes[$__rate_interval]))) / ` +
                `(sum(rate(${status}_commands_total{command="commit"}[$__rate_interval])) > 0)`,
              legend: 'writes a commit',
            },
          ],
        },
      ],
    },
    {
      title: 'Storage',
      height: 8,
      panels: [
        {
          kind: 'timeseries',
          title: 'Old row versions not purged',
          unit: 'short',
          good: 'goes back to near 0 between blocks.',
          otherwise: 'a transaction stays open somewhere and keeps them alive: reads get slower.',
          thresholds: tooHighFrom(10_000, 100_000),
          queries: [{ expr: `max(${status}_innodb_history_list_length)`, legend: 'history list' }],
        },
        {
          kind: 'timeseries',
          title: 'Pages found in memory',
          unit: 'percentunit',
          good: '99 % and more.',
          otherwise: 'the buffer pool is too small for the data: the disk is what is measured.',
          thresholds: tooLowBelow(0.95, 0.99),
          queries: [
            {
              expr:
                `1 - sum(rate(${status}_innodb_buffer_pool_reads[$__rate_interval])) / ` +
                `(sum(rate(${status}_innodb_buffer_pool_read_requests[$__rate_interval])) > 0)`,
              legend: 'found',
            },
          ],
        },
        {
          kind: 'timeseries',
          title: 'Pages of the buffer pool',
          unit: 'short',
          good: 'free pages are left.',
          otherwise: 'none free, many dirty: writes wait until pages have been flushed.',
          queries: [
            { expr: `sum by (state) (${status}_buffer_pool_pages)`, legend: '{{state}}' },
            {
              expr: `sum(${status}_buffer_pool_dirty_pages)`,
              legend: 'changed, not written yet',
              dashed: true,
            },
          ],
        },
        {
          kind: 'stat',
          title: 'Database',
          unit: 'none',
          good: 'up.',
          otherwise: 'down: its sampler cannot reach it; nothing else on this board is current.',
          queries: [{ expr: 'min(mysql_up)', legend: 'database' }],
          thresholds: tooLowBelow(1, 1),
          readings: {
            '1': { text: 'up', color: 'green' },
            '0': { text: 'down', color: 'red' },
          },
        },
      ],
    },
  ],
}
