// `bun deploy/healthcheck.ts /readyz`: exit 0 when this container's own process answers 200 there.
// The image has neither curl nor wget.
import { keepLoopbackDirect } from '../server/loopback.ts'

const answerMsMax = 2000

const [path = '/healthz'] = process.argv.slice(2)
const url = `http://127.0.0.1:${process.env.STAMPEDE_PORT ?? '4000'}${path}`

keepLoopbackDirect()
try {
  const answer = await fetch(url, { redirect: 'error', signal: AbortSignal.timeout(answerMsMax) })
  console.error(`${answer.status} ${(await answer.text()).slice(0, 200)}`)
  process.exitCode = answer.status === 200 ? 0 : 1
} catch (error) {
  console.error(String(error))
  process.exitCode = 1
}
