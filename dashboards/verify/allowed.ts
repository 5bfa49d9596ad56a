const noGateway = 'only where partners come through a coupon gateway'

const noShadow = 'only while an axis has a shadow'

const noSplit = 'only while an axis has two options, each for a share of the customers'

/**
 * What may find nothing, and what only one arm has, each with the reason. The key is the title of
 * the panel and the letter of the query, or `annotation NAME`.
 */
export const mayBeEmpty: Record<string, string> = {
  'annotation Flags': 'drawn only when a design is changed while its process runs',
  'Mean time of a statement on coupons / A': 'a crowd of buyers runs none',
  'Tries at the issuer for one request of a partner / A': noGateway,
  'Requests and tries through the coupon gateway / A': noGateway,
  'Requests and tries through the coupon gateway / B': noGateway,
  'Requests and tries through the coupon gateway / C': noGateway,
  'Share by option / A': noSplit,
  'Share by the flags / A': noSplit,
  'Failed, of the requests of an option / A': noSplit,
  'Refused, of the requests of an option / A': noSplit,
  'Orders and payments: 95 % are answered within / A': noSplit,
  'Mismatches of a shadow, by field / A': noShadow,
  'Requests of a shadow, by their end / A': noShadow,
  'Fields that differ by nature / A': noShadow,
  'Runs of a shadow: 95 % take less than / A': noShadow,
  'Transactions that waited for a lock of a shadow / A': noShadow,
  'Refused: errors of the server by route / A': 'no 5xx may have been answered: that is good',
}

/** The same, only where the run is a spike: its name begins with `spike-`. */
export const mayBeEmptyInSpikes: Record<string, string> = Object.fromEntries(
  ['Promises broken / A', 'Promises broken / B']
    .concat('$before: is the data right? / A', '$after: is the data right? / A')
    .map((panel) => [panel, 'a spike is not audited, a rehearsal is']),
)

const tickets = 'the ticket server has a lease of a sequence once somebody has asked for its ids'

const inline = 'effects=inline leaves nothing for the worker to handle'

export const oneArmOnly: Record<string, string> = {
  'Ids ready in the buffer / A': 'only ids=ticket-server keeps a buffer',
  'Ids that need no database / A': tickets,
  'Ids in the next lease / A': tickets,
  'Answers that were there, of all / A': 'only reads=cached has a cache that readers ask',
  'Handlers: 95 % take less than / A': inline,
  'From the commit until an effect is done: 99 % / A': inline,
}
