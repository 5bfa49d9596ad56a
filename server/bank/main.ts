import { Database } from 'bun:sqlite'
import { mkdirSync } from 'node:fs'
import { dirname } from 'node:path'
import { disturbed, joinBoard } from '../board/join.ts'
import { readEnvironment } from '../environment.ts'
import { failStart, serveUntilSignal } from '../process.ts'
import { createBankApp } from './app.ts'
import { bankEnvironment } from './config.ts'
import { createLedger } from './ledger.ts'
import { createPartners } from './partners.ts'

const settings = readEnvironment(bankEnvironment)

function openLedgers(file: string) {
  try {
    mkdirSync(dirname(file), { recursive: true })
    const databases = [new Database(file), new Database(file)] as const
    const [charges, deliveries] = databases
    const close = () => databases.forEach((database) => void database.close())
    return { ledger: createLedger(charges), partners: createPartners(deliveries), close }
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    return failStart('bank', `cannot use BANK_FILE ${file}: ${reason}`)
  }
}

const { ledger, partners, close } = openLedgers(settings.BANK_FILE)
const stopping = new AbortController()
const app = createBankApp({
  ledger,
  partners,
  latencyMs: settings.BANK_LATENCY_MS,
  partnersLatencyMs: settings.PARTNERS_LATENCY_MS,
  seed: settings.BANK_SEED,
  mayBeCleared: settings.BANK_MAY_FORGET === 'on',
  stopping: stopping.signal,
})

const board = joinBoard('bank', settings, app)
board.start()

serveUntilSignal({
  name: 'bank',
  port: settings.STAMPEDE_PORT,
  fetch: disturbed(board.chaos, (request) => app.fetch(request)),
  onStop() {
    stopping.abort()
    board.stop()
  },
  onDrain: close,
  // The longest charge: 37.5 s of its own, 30 s added, 30 s without an answer.
  idleTimeoutSeconds: 120,
})
