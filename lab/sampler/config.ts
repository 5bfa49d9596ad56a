import { z } from 'zod'
import { databaseUrlSetting, portSetting, redisUrlSetting } from '../../server/environment.ts'

export const samplerEnvironment = z.object({
  STAMPEDE_PORT: portSetting,
  DATABASE_URL: databaseUrlSetting('mysql://root@127.0.0.1:3306').describe('MariaDB or MySQL'),
  REDIS_URL: redisUrlSetting().describe('Redis'),
})
