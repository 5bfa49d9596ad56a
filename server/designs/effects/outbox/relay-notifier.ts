import type { Redis } from 'ioredis'

/** Name of the channel on which a shop's relay is woken. */
export const wakeChannelOf = (schema: string): string => `${schema}:outbox`

/**
 * Tells the relay that there is something in the outbox; a message lost with Redis costs a poll.
 * Debounced: calls while one message is on its way are one more message after it.
 * @param redis whose keys begin with the schema's name
 */
export function relayNotifier(redis: Redis): () => void {
  let isSending = false
  let isAskedAgain = false
  return function notify() {
    isAskedAgain = isSending
    if (isSending) return
    isSending = true
    const ignore = () => undefined
    const schema = redis.options.keyPrefix?.slice(0, -1) ?? ''
    void redis
      .publish(wakeChannelOf(schema), '')
      .then(ignore, ignore)
      .then(() => {
        isSending = false
        if (isAskedAgain) notify()
      })
  }
}
