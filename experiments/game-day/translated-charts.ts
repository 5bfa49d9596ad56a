import type { LineCharts } from '../report/document.ts'
import type { Language } from '../report/words.ts'

/** Korean of the texts that charts over time have. */
const korean: Record<string, string> = {
  'Arrivals and paid orders, per second': '초당 방문과 결제',
  'The grey shape is the crowd. What a design leaves of it uncovered is lost trade.':
    '회색이 방문한 고객입니다. 선이 덮지 못한 부분은 놓친 거래입니다.',
  'Failed and unknown journeys, per second': '초당 실패와 결과 불명',
  'By the second in which they ended, so a failure shows later than its cause.':
    '끝난 시각 기준이므로 실패는 원인보다 늦게 보입니다.',
  'Transactions that wait for a row lock': '행 락을 기다리는 트랜잭션',
  'The most that two looks a second at InnoDB’s transactions have seen.':
    '초당 두 번 본 InnoDB 트랜잭션 중 최댓값입니다.',
  'Rows that are locked': '잠긴 행',
  'By all transactions together. Where it grows, locks are kept longer than taken.':
    '모든 트랜잭션의 합입니다.',
  'Checkout time of the served, by when they arrived': '응답받은 고객의 결제 시간 (도착 시각 기준)',
  'Logarithmic. A gap is a second whose customers were not served at all.':
    '로그 눈금. 빈 곳은 아무도 응답받지 못한 초입니다.',
  'From arrival to the end, all that came, by when they arrived':
    '도착부터 종료까지, 방문자 전체 (도착 시각 기준)',
  'Logarithmic. A line has a gap where the second’s p50 or p99 was not answered rightly.':
    '로그 눈금. 그 초의 p50이나 p99가 올바른 응답을 받지 못하면 선이 끊깁니다.',
  arrived: '도착',
  paid: '결제',
  failed: '실패',
  unknown: '불명',
  waiting: '대기',
  locked: '잠김',
}

const inKorean = (text: string) => korean[text] ?? text

/** Charts over time with their texts in the language; one without a translation stays as it is. */
export const translatedCharts = (rows: readonly LineCharts[], language: Language): LineCharts[] =>
  language === 'en'
    ? [...rows]
    : rows.map((row) => ({
        ...row,
        title: inKorean(row.title),
        explanation: inKorean(row.explanation),
        charts: row.charts.map((chart) => ({
          ...chart,
          lines: chart.lines.map((line) => ({ ...line, label: inKorean(line.label) })),
        })),
      }))
