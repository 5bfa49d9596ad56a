const english = {
  skip: 'Skip to the panels',
  boards: 'Boards',
  boardsOf: 'Boards of this rehearsal',
  boardsHint: 'Drawn from the private Prometheus; the same files are provisioned to Grafana.',
  noBoards: 'There is no board here yet.',
  noBoardsHint: 'Put dashboard JSON into the folder {folder}, then reload this page.',
  badBoard: 'This file is not a board that can be shown',
  badBoardHint: 'Correct the JSON (or generate it again), then reload this page.',
  unknownBoard: 'There is no board “{uid}”.',
  unknownBoardHint: 'Choose one of these:',
  loading: 'Loading …',
  timeRange: 'Time range',
  last: 'Last {span}',
  from: 'From',
  to: 'To',
  apply: 'Apply',
  earlier: 'Earlier',
  later: 'Later',
  wider: 'Show a wider range',
  rangeKeys: 'Arrow keys: left and right move the range, up and down widen and narrow it.',
  badRange: 'The start must lie before the end.',
  otherRange: 'Other range',
  refresh: 'Refresh',
  refreshNow: 'Refresh now',
  refreshEvery: 'Refresh every {span}',
  off: 'off',
  theme: 'Dark or light',
  language: 'Language',
  annotations: 'Annotations',
  variables: 'Variables',
  links: 'Links',
  all: 'All',
  nothingToChoose: 'no values',
  moreAbout: 'About this panel',
  enlarge: 'Enlarge',
  backToBoard: 'Back to the whole board',
  row: 'Row: show or hide its panels',
  noData: 'No data in this range',
  noDataHint: 'Did this happen in the time shown? Widen the range, or check the variables.',
  refusedPanel: 'This viewer cannot draw this panel',
  refusedPanelHint:
    'It draws what the boards of this project use. Correct the JSON, or look at it in Grafana.',
  noPrometheus: 'Prometheus does not answer',
  noPrometheusHint: 'Start it with ./stampede up; this page goes on by itself.',
  badQuery: 'Prometheus refused the query',
  badQueryHint: 'Correct the query in the dashboard JSON, or choose other variables.',
  tooLarge: 'The answer is too large to draw',
  tooLargeHint: 'Choose a shorter range or fewer series.',
  tooSlow: 'Prometheus took too long',
  tooSlowHint: 'Choose a shorter range; an overloaded machine answers late.',
  refused: 'The request was refused',
  refusedHint: 'Reload this page; if it stays, look at the log of the console.',
  failed: 'The viewer failed to draw this',
  failedHint: 'A fault of the viewer: please report it with the text above.',
  live: 'live',
  paused: 'standing still',
  updated: 'Updated {time}',
  chartKeys: 'Left and right arrow keys read the values out, Escape ends it.',
  zoomHint: 'Drag to zoom, double-click to go back',
  now: 'now',
  noscript: 'The boards are drawn by JavaScript, which is turned off here.',
}

export type Words = Record<keyof typeof english, string>

const korean: Words = {
  skip: '패널로 건너뛰기',
  boards: '보드',
  boardsOf: '이 리허설의 보드',
  boardsHint: '전용 Prometheus의 데이터로 그립니다. Grafana에도 같은 파일이 제공됩니다.',
  noBoards: '아직 보드가 없습니다.',
  noBoardsHint: '{folder} 폴더에 대시보드 JSON을 넣고 새로고침하세요.',
  badBoard: '이 파일은 표시할 수 있는 보드가 아닙니다',
  badBoardHint: 'JSON을 고치거나 다시 생성한 뒤 새로고침하세요.',
  unknownBoard: '“{uid}” 보드가 없습니다.',
  unknownBoardHint: '다음 중에서 고르세요:',
  loading: '불러오는 중 …',
  timeRange: '시간 범위',
  last: '최근 {span}',
  from: '시작',
  to: '끝',
  apply: '적용',
  earlier: '이전',
  later: '이후',
  wider: '범위 넓히기',
  rangeKeys: '화살표 키: 좌우로 범위를 옮기고 위아래로 넓히거나 좁힙니다.',
  badRange: '시작은 끝보다 앞서야 합니다.',
  otherRange: '다른 범위',
  refresh: '새로고침',
  refreshNow: '지금 새로고침',
  refreshEvery: '{span}마다 새로고침',
  off: '끔',
  theme: '어둡게 또는 밝게',
  language: '언어',
  annotations: '주석',
  variables: '변수',
  links: '링크',
  all: '전체',
  nothingToChoose: '값 없음',
  moreAbout: '이 패널 설명',
  enlarge: '크게 보기',
  backToBoard: '전체 보드로 돌아가기',
  row: '행: 패널 보이기 또는 숨기기',
  noData: '이 범위에는 데이터가 없습니다',
  noDataHint: '표시된 시간에 일어난 일인가요? 범위를 넓히거나 변수를 확인하세요.',
  refusedPanel: '이 뷰어가 그릴 수 없는 패널입니다',
  refusedPanelHint:
    '이 프로젝트의 보드가 쓰는 기능만 그립니다. JSON을 고치거나 Grafana에서 확인하세요.',
  noPrometheus: 'Prometheus가 응답하지 않습니다',
  noPrometheusHint: './stampede up으로 시작하세요. 이 페이지는 저절로 이어집니다.',
  badQuery: 'Prometheus가 질의를 거부했습니다',
  badQueryHint: '대시보드 JSON의 질의를 고치거나 다른 변수를 고르세요.',
  tooLarge: '응답이 너무 커서 그릴 수 없습니다',
  tooLargeHint: '범위를 줄이거나 시계열 수를 줄이세요.',
  tooSlow: 'Prometheus의 응답이 너무 늦습니다',
  tooSlowHint: '범위를 줄이세요. 부하가 큰 기계는 늦게 응답합니다.',
  refused: '요청이 거부되었습니다',
  refusedHint: '새로고침하세요. 계속되면 콘솔의 로그를 확인하세요.',
  failed: '뷰어가 그리지 못했습니다',
  failedHint: '뷰어의 결함입니다. 위의 내용과 함께 알려 주세요.',
  live: '실시간',
  paused: '멈춤',
  updated: '{time} 갱신',
  chartKeys: '좌우 화살표 키로 값을 읽고 Esc로 끝냅니다.',
  zoomHint: '끌어서 확대, 두 번 눌러 되돌리기',
  now: '지금',
  noscript: '보드는 JavaScript로 그립니다. 지금은 꺼져 있습니다.',
}

export type Language = 'en' | 'ko'

const dictionaries: Record<Language, Words> = { en: english, ko: korean }

export const wordsIn = (language: Language): Words => dictionaries[language]

/** `?lang=` first, then the first language of Accept-Language that we speak, then English. */
export function chooseLanguage(asked: string | null, acceptLanguage: string): Language {
  if (asked === 'en' || asked === 'ko') return asked
  const ranked = acceptLanguage
    .split(',')
    .map((part) => {
      const [tag = '', ...parameters] = part.trim().toLowerCase().split(';')
      const quality = parameters.map((one) => /^\s*q=([\d.]+)/.exec(one)?.[1]).find(Boolean)
      return { language: tag.slice(0, 2), quality: quality === undefined ? 1 : Number(quality) }
    })
    .sort((a, b) => b.quality - a.quality)
  for (const { language, quality } of ranked) {
    if (quality > 0 && (language === 'en' || language === 'ko')) return language
  }
  return 'en'
}

/** Fills `{name}` of a text in. */
export const fill = (text: string, parts: Record<string, string>): string =>
  text.replace(/\{(\w+)\}/g, (whole, name: string) => parts[name] ?? whole)
