import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import { stateFolder } from '../../lab/state-folder.ts'
import { exitCodes, UserError } from '../../lab/user-error.ts'

/** Where `./stampede up` keeps the addresses of what it started. */
const upFile = join(stateFolder, 'up.json')

const up = z.object({ prometheus: z.string() })

/**
 * The address asked for, or that of the running environment, without a slash at its end.
 * @throws UserError (exit 4) when it is no http address, (exit 3) when nothing is up
 */
export async function prometheusAddress(
  given: string | undefined,
  file: string = upFile,
): Promise<string> {
  const address = given ?? (await addressOfUp(file))
  const url = URL.parse(address)
  if (url?.protocol === 'http:' || url?.protocol === 'https:') {
    return address.replace(/\/+$/, '')
  }
  throw new UserError(
    `--prometheus '${address}' is not an address such as http://127.0.0.1:9090`,
    exitCodes.badArguments,
  )
}

async function addressOfUp(file: string): Promise<string> {
  const text = await readFile(file, 'utf8').catch(() => null)
  if (text === null) {
    throw new UserError(
      'nothing is up: run ./stampede up and a spike first, or name a Prometheus with ' +
        '--prometheus URL',
    )
  }
  try {
    return up.parse(JSON.parse(text)).prometheus
  } catch {
    throw new UserError(
      `what ./stampede up started has no Prometheus (${file}): ./stampede down, then up says why`,
    )
  }
}
