// How the console writes numbers and times. Times are UTC, as in the log.

const UNITS = ['bytes', 'KB', 'MB', 'GB', 'TB'];

export function bytes(value) {
  if (value == null) return '–';
  let unit = 0;
  let rest = Math.max(0, value);
  while (rest >= 1000 && unit < UNITS.length - 1) {
    rest /= 1024;
    unit++;
  }
  return `${rest < 10 && unit > 0 ? rest.toFixed(1) : Math.round(rest)} ${UNITS[unit]}`;
}

export function seconds(value) {
  if (value == null) return '–';
  if (value < 120) return `${Math.round(value)} s`;
  if (value < 7200) return `${Math.floor(value / 60)} min`;
  if (value < 172800) return `${Math.floor(value / 3600)} h ${Math.floor(value % 3600 / 60)} min`;
  return `${Math.floor(value / 86400)} days`;
}

export function milliseconds(value) {
  if (value == null) return '–';
  if (value >= 10000) return seconds(value / 1000);
  if (value < 0.05) return '< 0.1 ms';
  return value < 10 ? `${value.toFixed(1)} ms` : `${Math.round(value)} ms`;
}

export function count(value) {
  return value == null ? '–' : value.toLocaleString('en');
}

export function clock(iso) {
  return iso ? new Date(iso).toISOString().slice(11, 19) : '';
}

export function age(iso) {
  return iso ? seconds(Math.max(0, (Date.now() - new Date(iso)) / 1000)) : '–';
}
