/** The part of jStat that is used here; the package has no types of its own. */
declare module 'jstat' {
  const jStat: {
    normal: {
      /** The x below which this share of a normal distribution lies. */
      inv(share: number, mean: number, deviation: number): number
    }
    studentt: {
      /** Share of Student's t with these degrees of freedom at or below x. */
      cdf(x: number, degrees: number): number
      /** The x below which this share lies. */
      inv(share: number, degrees: number): number
    }
  }
  export default jStat
}
