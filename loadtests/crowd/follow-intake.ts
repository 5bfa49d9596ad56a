import { type Intake, intakeIn, paymentIn, problemIn } from './answers.ts'
import { askedWaitMs, defaultPolicy } from './client-policy.ts'
import { type Client, type Pursuit, pursue } from './intent.ts'

/** For how long a buyer asks what became of the order. */
export const patienceMs = 20_000

/**
 * Asks for an order that was taken in until it is placed or refused, as often as the shop says.
 * @param taken how the order itself was answered; anything but an intake comes back as it is
 * @returns as if the order had been answered at its end; `info` where the patience has run out
 */
export async function followIntake(client: Client, taken: Pursuit): Promise<Pursuit> {
  const { http } = client
  let intake = taken.outcome === 'ok' ? intakeIn(taken.answer.body) : null
  if (!intake) return taken
  const { intakeId } = intake
  let { answer, doneMs } = taken
  const untilMs = doneMs + patienceMs
  while (intake.status === 'waiting') {
    // A client that does not listen to `retry-after` asks at its own pace.
    const waitMs = Math.max(askedWaitMs(client.policy, answer.retryAfter), defaultPolicy.baseMs)
    if (http.now() + waitMs > untilMs) break
    await http.pause(waitMs)
    const asked = await pursue(client, {
      method: 'GET',
      path: `/api/v1/intakes/${intakeId}`,
      name: 'intake',
      whole: (body) => intakeIn(body) !== null,
      once: true,
    })
    ;({ answer, doneMs } = asked)
    intake = (asked.outcome === 'ok' ? intakeIn(answer.body) : null) ?? intake
  }
  return { ...taken, doneMs, ...endOf(intake, answer.status), intake: intakeId }
}

/** The order or the problem, as an order that is placed within its request is answered. */
function endOf(
  { status, order, problem }: Intake,
  lastStatus: number,
): Pick<Pursuit, 'outcome' | 'answer'> {
  if (status === 'placed') {
    const payment = paymentIn((order as { payment?: unknown }).payment)
    const isOpen = payment?.status === 'unknown' || payment?.status === 'sent'
    return { outcome: 'ok', answer: { status: isOpen ? 202 : 201, body: order } }
  }
  if (status === 'waiting') return { outcome: 'info', answer: { status: lastStatus } }
  const { status: refused } = problem as { status?: unknown }
  const isKnown = problemIn(problem).definite === true && typeof refused === 'number'
  return {
    outcome: isKnown ? 'fail' : 'info',
    answer: { status: isKnown ? refused : 0, body: problem },
  }
}
