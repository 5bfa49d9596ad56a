import { z } from 'zod'
import { portSetting } from '../../server/environment.ts'

const url = (protocol: RegExp, example: string) =>
  z
    .url({ protocol, error: `must be a URL like ${example}` })
    .meta({ expected: `a URL like \`${example}\`` })

export const samplerEnvironment = z.object({
  STAMPEDE_PORT: portSetting,
  DATABASE_URL: url(/^mysql$/, 'mysql://root@127.0.0.1:3306').describe('MariaDB or MySQL'),
  REDIS_URL: url(/^redis$/, 'redis://127.0.0.1:6379').describe('Redis'),
})
