import type { Environment } from '../../run/result.ts'
import type { Finding } from '../result.ts'
import { remark } from './rule.ts'

/** No disk and no battery-backed cache is known to keep data sooner. */
const fsyncMicrosMin = 50

/** Remark: a commit that costs nothing favours the design that commits most. */
export const fsyncTooFast = ({ fsyncMicros }: Pick<Environment, 'fsyncMicros'>): Finding[] =>
  fsyncMicros >= fsyncMicrosMin
    ? []
    : [
        remark(
          `An fsync takes ${fsyncMicros} µs here, too fast to be durable (under ` +
            `${fsyncMicrosMin} µs): what commits cost is not measured.`,
        ),
      ]
