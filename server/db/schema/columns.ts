import { bigint, customType, datetime, varchar } from 'drizzle-orm/mysql-core'

/** Ids are decimal strings from end to end: a JavaScript number merges neighbours above 2^53. */
export const id = customType<{ data: string; driverData: string }>({
  dataType: () => 'bigint unsigned',
  fromDriver: String,
})
export const money = (name: string) => bigint(name, { mode: 'number' })
export const moment = (name: string) => datetime(name, { mode: 'date', fsp: 3 })
/** One of a few words. */
export const word = (name: string, length: number, words: [string, ...string[]]) =>
  varchar(name, { length, enum: words })
