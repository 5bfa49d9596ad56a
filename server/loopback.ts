const loopback = '127.0.0.1,localhost,::1'

/**
 * From now on no request of this process to a loopback address goes through a proxy: Bun would ask
 * the one in the environment even for 127.0.0.1. Requests to other hosts use it as before.
 */
export function keepLoopbackDirect(environment: NodeJS.ProcessEnv = process.env): void {
  for (const name of ['NO_PROXY', 'no_proxy']) {
    const own = environment[name]
    if (own !== '*') environment[name] = own ? `${own},${loopback}` : loopback
  }
}

/** True for the names and addresses of this machine alone, as a URL or a Host header has them. */
export const isLoopbackName = (name: string): boolean =>
  name === 'localhost' || name === '[::1]' || /^127\.\d{1,3}\.\d{1,3}\.\d{1,3}$/.test(name)
