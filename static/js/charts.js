// 折线趋势:数据取自 data-chart 所指的 json_script,颜色与字体取自设计令牌。三条线用线型和端点符号区分,不靠颜色。
(function () {
  "use strict";
  const token = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
  const looks = [["--ink", "solid", "circle"], ["--blue", "dashed", "rect"], ["--gold-ink", "dotted", "triangle"]];

  function draw(el) {
    const data = JSON.parse(document.getElementById(el.dataset.chart).textContent);
    const font = { fontFamily: token("--tblr-font-sans-serif"), fontSize: 14, color: token("--ink-2") };
    const known = data.series.flatMap((s) => s.data.filter((v) => v !== null));
    const low = known.length ? Math.max(0, Math.floor(Math.min(...known, 90) / 10) * 10) : 0;
    const chart = echarts.init(el, null, { renderer: "svg" });
    chart.setOption({
      animation: false,
      textStyle: font,
      grid: { left: 44, right: 56, top: 92, bottom: 30 },
      legend: { left: 18, top: 4, orient: "vertical", itemWidth: 34, itemGap: 6, textStyle: { ...font, color: token("--ink") } },
      tooltip: { trigger: "axis", renderMode: "richText", textStyle: { ...font, color: token("--ink") } },
      xAxis: { type: "category", data: data.months, axisLabel: font, axisTick: { show: false }, axisLine: { lineStyle: { color: token("--line-2") } } },
      yAxis: { type: "value", min: low, max: 100, axisLabel: font, splitLine: { lineStyle: { color: token("--line") } } },
      series: data.series.map((s, i) => ({
        ...s, type: "line", connectNulls: false, color: token(looks[i][0]), symbol: looks[i][2], symbolSize: 8, lineStyle: { width: 2.5, type: looks[i][1] },
        endLabel: { show: true, formatter: (p) => (typeof p.value === "number" ? p.value.toFixed(1) : ""), ...font, color: token(looks[i][0]), fontWeight: 600, distance: 8 },
        labelLayout: { moveOverlap: "shiftY" },
      })),
    });
    new ResizeObserver(() => chart.resize()).observe(el);
  }

  document.querySelectorAll("[data-chart]").forEach(draw);
})();
