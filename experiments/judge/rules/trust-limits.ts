/**
 * Breaking one of these fails the last arm. Dropped: k6 itself calls its latencies understated from
 * 1 % on, and 5 % is no measurement.
 */
export const TRUST = {
  droppedPercentMax: 1,
  droppedPercentInvalid: 5,
  /** Of the target for the p99: lateness that hides in a checkout time must be small beside it. */
  lateShareOfTargetMax: 0.1,
  busiestSecondPercentMin: 95,
  generatorCpuPercentMax: 85,
  machineBusyPercentMax: 97,
  /** Processes of others, and the host, take this much of all cores at most. */
  unrelatedPercentMax: 10,
  stealPercentMax: 5,
  throttledPercentMax: 1,
  clockStepMsMax: 50,
  /** Of one core, by an arm without a crowd: its relay, recovery and metrics go on. */
  restPercentMax: 50,
  faultOffMsMax: 250,
  loadDifferencePercentMax: 2,
  /** Of a crowd, that one arm may be ahead of the other at any time. */
  arrivalGapPercentMax: 5,
  blocksMin: 2,
} as const
