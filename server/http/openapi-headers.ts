/** Bounds and words of `x-client-policy`, as clients of the crowd read it. */
const policyExample = 'attempts=5;timeout-ms=300;backoff=none;base-ms=100;jitter=0;key=same'

const parameter = (name: string, description: string, schema: object) => ({
  name,
  in: 'header' as const,
  required: false,
  description,
  schema: { type: 'string' as const, ...schema },
})

/** Headers that a request may carry besides those of its route. */
export const parameters = {
  'x-design': parameter(
    'x-design',
    'The design for this request alone. It needs the token, unless the server was started with ' +
      '`STAMPEDE_REHEARSAL=on`.',
    { maxLength: 500, example: 'before' },
  ),
  'x-attempt': parameter(
    'x-attempt',
    'The number of this try as the client counts them: 1 is a new intent. It is only counted.',
    { pattern: '^[1-9][0-9]*$', example: '1' },
  ),
  'x-pass': parameter(
    'x-pass',
    'The admission token that an earlier answer of the same journey gave.',
    {},
  ),
  'x-user-id': parameter(
    'x-user-id',
    'The customer or partner for whom the request is, where neither path nor body has one: by it ' +
      'goes which share of the customers a request is in.',
    { pattern: '^[\\w.:-]{1,64}$', example: '7' },
  ),
  'x-request-id': parameter(
    'x-request-id',
    'Repeated as `requestId` of a problem; one of another form is replaced by a new one.',
    { pattern: '^[\\w.:-]{1,64}$', example: 'trace-7' },
  ),
}

const header = (description: string, schema: object = {}) => ({
  description,
  schema: { type: 'string' as const, ...schema },
})

/** Headers of answers. */
export const headers = {
  'x-design': header('The design that the request ran under, every axis named.'),
  'x-design-epoch': header('The number of the last change of the design, 0 as started.', {
    pattern: '^[0-9]+$',
    example: '0',
  }),
  'x-pass': header('An admission token, to be sent with the next requests of the journey.'),
  'x-client-policy': header('How to retry from now on, while the fault `retry-storm` is on.', {
    example: policyExample,
  }),
  'idempotency-replayed': header('There where this is the stored answer to an earlier request.', {
    enum: ['true'],
  }),
  'retry-after': header('Whole seconds after which asking again may help.', {
    pattern: '^[0-9]+$',
    example: '1',
  }),
  location: header('Where to ask what became of an order that was taken in.', {
    example: '/api/v1/intakes/7',
  }),
  'www-authenticate': header('How to authenticate.', { enum: ['Bearer'] }),
  accept: header('The media type to send, where another one was refused.', {
    enum: ['application/json'],
  }),
  'accept-encoding': header('The content coding to send, where another one was refused.', {
    enum: ['identity'],
  }),
}
