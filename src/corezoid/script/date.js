// Date, as it would be on a machine whose clock stands at `now` and whose zone is UTC: the platform's time is GMT
// (sheet corezoid/engine 4), whatever the zone of the machine that runs this.
(function (Real, now) {
  'use strict';
  const proto = Real.prototype;
  const { UTC, parse: realParse } = Real;
  const { getTime, toUTCString } = proto;
  const local = {};
  for (const part of ['FullYear', 'Month', 'Date', 'Hours', 'Minutes', 'Seconds', 'Milliseconds', 'Day']) {
    local[part] = proto['get' + part];
  }
  const ZONE = /\b(?:z|gmt|utc?|[ecmp][sd]t)\b|\dz\s*$|:\d\d[\d.,]*\s*(?:gmt|utc)?[+-]\d\d(?::?\d\d)?/i;
  const DAY = /^\s*[+-]?\d{4,6}(?:-\d\d){0,2}\s*$/;

  // A text without a zone is read by the machine's own; its parts are what was written.
  function parse(text) {
    text = String(text);
    const time = realParse(text);
    if (time !== time || DAY.test(text) || ZONE.test(text)) return time;
    const date = new Real(time);
    const part = (name) => local[name].call(date);
    return UTC(part('FullYear'), part('Month'), part('Date'), part('Hours'), part('Minutes'), part('Seconds'),
      part('Milliseconds'));
  }

  function single(value) {
    if (value !== null && (typeof value === 'object' || typeof value === 'function')) {
      try {
        return getTime.call(value);
      } catch {
        const inner = value.valueOf();
        value = inner !== null && (typeof inner === 'object' || typeof inner === 'function') ? String(value) : inner;
      }
    }
    return typeof value === 'string' ? parse(value) : Number(value);
  }

  function Date(year, month, day, hours, minutes, seconds, ms) {
    if (new.target === undefined) return new Real(now).toString();
    const time = arguments.length === 0 ? now : arguments.length === 1 ? single(year) : UTC.apply(null, arguments);
    return Reflect.construct(Real, [time], new.target);
  }

  const hide = (object, name, value) =>
    Object.defineProperty(object, name, { value, writable: true, configurable: true, enumerable: false });

  Object.defineProperty(Date, 'prototype', { value: proto, writable: false });
  hide(Date, 'now', function () { return now; });
  hide(Date, 'parse', parse);
  hide(Date, 'UTC', UTC);
  hide(proto, 'constructor', Date);
  for (const part of Object.keys(local)) {
    hide(proto, 'get' + part, proto['getUTC' + part]);
    if (part !== 'Day') hide(proto, 'set' + part, proto['setUTC' + part]);
  }
  hide(proto, 'getTimezoneOffset', function getTimezoneOffset() { getTime.call(this); return 0; });
  hide(proto, 'getYear', function getYear() { return this.getUTCFullYear() - 1900; });
  hide(proto, 'setYear', function setYear(year) {
    year = Number(year);
    const short = Math.trunc(year);
    return this.setUTCFullYear(short >= 0 && short <= 99 ? 1900 + short : year);
  });

  // From `Wed, 09 Aug 2017 10:00:00 GMT` to V8's forms.
  const ZONE_NAME = ' GMT+0000 (Coordinated Universal Time)';
  const form = (name, write) => hide(proto, name, function () {
    const text = toUTCString.call(this);
    if (text === 'Invalid Date') return text;
    const [weekday, day, month, year, time] = text.replace(',', '').split(' ');
    return write(`${weekday} ${month} ${day} ${year}`, time, this);
  });
  const american = (date) => `${date.getUTCMonth() + 1}/${date.getUTCDate()}/${date.getUTCFullYear()}`;
  const clock = (date) => {
    const two = (number) => String(number).padStart(2, '0');
    const hours = date.getUTCHours();
    return `${hours % 12 || 12}:${two(date.getUTCMinutes())}:${two(date.getUTCSeconds())} ${hours < 12 ? 'AM' : 'PM'}`;
  };
  form('toString', (day, time) => `${day} ${time}${ZONE_NAME}`);
  form('toDateString', (day) => day);
  form('toTimeString', (day, time) => time + ZONE_NAME);
  form('toLocaleString', (day, time, date) => `${american(date)}, ${clock(date)}`);
  form('toLocaleDateString', (day, time, date) => american(date));
  form('toLocaleTimeString', (day, time, date) => clock(date));
  return Date;
})
