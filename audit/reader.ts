import { createPool, type Pool } from 'mysql2/promise'

/**
 * Opens a small pool that reads a schema for an audit; BIGINT come as strings.
 * @param url mysql://user@host:port/schema
 */
export const openReader = (url: string): Pool =>
  createPool({
    uri: url,
    connectionLimit: 4,
    supportBigNumbers: true,
    bigNumberStrings: true,
    timezone: 'Z',
  })
