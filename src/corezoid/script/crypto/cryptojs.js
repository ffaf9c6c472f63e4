// The call forms of CryptoJS 3.1.2 (sheet corezoid/engine 5) over native hashes and ciphers. Words are signed and
// big-endian, as there.
(function (native) {
  'use strict';
  const MOST_BYTES = 1 << 25;
  const C = { lib: {}, enc: {}, algo: {}, mode: {}, pad: {}, format: {}, kdf: {} };
  const { lib, enc, algo, mode, pad, format, kdf } = C;

  const Base = lib.Base = {
    extend(own) {
      const made = Object.create(this);
      if (own) made.mixIn(own);
      if (!Object.hasOwn(made, 'init') || this.init === made.init) {
        made.init = function () { made.$super.init.apply(this, arguments); };
      }
      made.init.prototype = made;
      made.$super = this;
      return made;
    },
    create() {
      const made = this.extend();
      made.init.apply(made, arguments);
      return made;
    },
    init: function () {},
    mixIn(own) {
      for (const name of Object.keys(own)) this[name] = own[name];
      if (Object.hasOwn(own, 'toString')) this.toString = own.toString;
    },
    clone() { return this.init.prototype.extend(this); },
  };

  // Bytes in 32-bit words.
  // Without `$super`, which would show where a script leaves one in its data.
  const array = (words, sigBytes) => new WordArray.init(words, sigBytes);
  const WordArray = lib.WordArray = Base.extend({
    init: function (words, sigBytes) {
      this.words = words || [];
      this.sigBytes = sigBytes != undefined ? sigBytes : this.words.length * 4;
    },
    toString(encoder) { return (encoder || enc.Hex).stringify(this); },
    concat(other) {
      this.clamp();
      const { words, sigBytes } = this, length = size(other.sigBytes);
      for (let i = 0; i < length; i++) put(words, sigBytes + i, byteAt(other, i));
      this.sigBytes += other.sigBytes;
      return this;
    },
    clamp() {
      const { words, sigBytes } = this;
      words[sigBytes >>> 2] &= 0xffffffff << (32 - (sigBytes % 4) * 8);
      words.length = Math.ceil(sigBytes / 4);
    },
    clone() {
      const clone = Base.clone.call(this);
      clone.words = this.words.slice(0);
      return clone;
    },
    random(bytes) { return array(native.random(size(bytes)), bytes); },
  });

  function byteAt(bytes, at) { return (bytes.words[at >>> 2] >>> (24 - (at % 4) * 8)) & 0xff; }
  function put(words, at, byte) { words[at >>> 2] |= byte << (24 - (at % 4) * 8); }
  function size(bytes) {
    bytes = Math.ceil(Number(bytes) || 0);
    if (bytes > MOST_BYTES) throw new RangeError('too many bytes for CryptoJS');
    return Math.max(bytes, 0);
  }
  // Exactly so many words, for the native side.
  function whole(bytes, count) {
    const words = bytes.words.slice(0, count);
    words.length = count;
    return words;
  }
  const wordsOf = (bytes) => whole(bytes, Math.ceil(size(bytes.sigBytes) / 4));
  const fromBytes = (length, byte) => {
    const words = [];
    for (let i = 0; i < length; i++) put(words, i, byte(i));
    return array(words, length);
  };
  const told = (bytes, step, write) => {
    const parts = [], length = size(bytes.sigBytes);
    for (let i = 0; i < length; i += step) parts.push(write(i));
    return parts.join('');
  };

  enc.Hex = {
    stringify: (bytes) => told(bytes, 1, (i) => (byteAt(bytes, i) + 256).toString(16).slice(1)),
    parse(text) {
      const words = [];
      for (let i = 0; i < text.length; i += 2) put(words, i / 2, parseInt(text.substr(i, 2), 16));
      return array(words, text.length / 2);
    },
  };
  enc.Latin1 = {
    stringify: (bytes) => told(bytes, 1, (i) => String.fromCharCode(byteAt(bytes, i))),
    parse: (text) => fromBytes(text.length, (i) => text.charCodeAt(i) & 0xff),
  };
  enc.Utf8 = {
    stringify(bytes) {
      try {
        return decodeURIComponent(escape(enc.Latin1.stringify(bytes)));
      } catch {
        throw new Error('Malformed UTF-8 data');
      }
    },
    parse: (text) => enc.Latin1.parse(unescape(encodeURIComponent(text))),
  };
  const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/=';
  enc.Base64 = {
    _map: ALPHABET,
    stringify(bytes) {
      bytes.clamp();
      const map = this._map, filler = map.charAt(64), left = bytes.sigBytes % 3;
      const text = told(bytes, 3, (i) => {
        const bits = (byteAt(bytes, i) << 16) | (byteAt(bytes, i + 1) << 8) | byteAt(bytes, i + 2);
        const kept = Math.min(bytes.sigBytes - i, 3) + 1;
        return [18, 12, 6, 0].slice(0, kept).map((by) => map.charAt((bits >>> by) & 63)).join('');
      });
      return filler && left ? text + filler.repeat(3 - left) : text;
    },
    parse(text) {
      const map = this._map, filler = text.indexOf(map.charAt(64));
      const length = map.charAt(64) && filler !== -1 ? filler : text.length;
      const words = [];
      let bytes = 0;
      for (let i = 1; i < length; i++) {
        const by = (i % 4) * 2;
        if (!by) continue;
        put(words, bytes++, ((map.indexOf(text.charAt(i - 1)) << by) | (map.indexOf(text.charAt(i)) >>> (6 - by))) & 0xff);
      }
      return array(words, bytes);
    },
  };

  // A text, a WordArray, or nothing.
  function message(given) {
    if (!given) return array();
    if (typeof given === 'string') return enc.Utf8.parse(given);
    if (Array.isArray(given.words)) return given;
    throw new TypeError('CryptoJS takes a string or a WordArray');
  }

  const Gathering = lib.BufferedBlockAlgorithm = Base.extend({
    init: function (cfg) { this.cfg = Base.extend(cfg); this.reset(); },
    reset() { this._data = array(); },
    update(part) { this._data.concat(message(part)); return this; },
    clone() {
      const clone = Base.clone.call(this);
      clone._data = this._data.clone();
      return clone;
    },
  });
  const Hasher = lib.Hasher = Gathering.extend({
    finalize(part) {
      this.update(part);
      const { words, sigBytes } = this._data;
      return array(native.hash(this.name, wordsOf(this._data), sigBytes));
    },
    blockSize: 16,
    _createHelper: (hasher) => (text, cfg) => hasher.create(cfg).finalize(text),
    _createHmacHelper: (hasher) => (text, key) => algo.HMAC.create(hasher, key).finalize(text),
  });
  algo.HMAC = Gathering.extend({
    init: function (hasher, key) { this.hasher = hasher; this.key = message(key); this.reset(); },
    finalize(part) {
      this.update(part);
      const { key, _data: data } = this;
      return array(native.hmac(this.hasher.name, wordsOf(key), key.sigBytes, wordsOf(data), data.sigBytes));
    },
  });
  for (const name of ['MD5', 'SHA1', 'SHA224', 'SHA256', 'SHA384', 'SHA512']) {
    algo[name] = Hasher.extend({ name, blockSize: name === 'SHA384' || name === 'SHA512' ? 32 : 16 });
    C[name] = Hasher._createHelper(algo[name]);
    C['Hmac' + name] = Hasher._createHmacHelper(algo[name]);
  }

  algo.EvpKDF = Base.extend({
    cfg: Base.extend({ keySize: 4, hasher: algo.MD5, iterations: 1 }),
    init: function (cfg) { this.cfg = this.cfg.extend(cfg); },
    compute(password, salt) {
      const { hasher, keySize, iterations } = this.cfg;
      const derived = array();
      let block = array();
      while (derived.words.length < keySize) {
        block = hasher.create().update(block).update(password).finalize(salt);
        for (let i = 1; i < iterations; i++) block = hasher.create().finalize(block);
        derived.concat(block);
      }
      derived.sigBytes = keySize * 4;
      return derived;
    },
  });
  C.EvpKDF = (password, salt, cfg) => algo.EvpKDF.create(cfg).compute(password, salt);
  kdf.OpenSSL = {
    execute(password, keySize, ivSize, salt) {
      salt = salt || WordArray.random(8);
      const key = algo.EvpKDF.create({ keySize: keySize + ivSize }).compute(password, salt);
      const iv = array(key.words.slice(keySize), ivSize * 4);
      key.sigBytes = keySize * 4;
      return CipherParams.create({ key, iv, salt });
    },
  };

  const CipherParams = lib.CipherParams = Base.extend({
    init: function (params) { this.mixIn(params); },
    toString(formatter) { return (formatter || this.formatter).stringify(this); },
  });
  const SALTED = [0x53616c74, 0x65645f5f];
  format.OpenSSL = {
    stringify({ ciphertext, salt }) {
      const all = salt ? array(SALTED.slice()).concat(salt).concat(ciphertext) : ciphertext;
      return all.toString(enc.Base64);
    },
    parse(text) {
      const ciphertext = enc.Base64.parse(text), { words } = ciphertext;
      let salt;
      if (words[0] === SALTED[0] && words[1] === SALTED[1]) {
        salt = array(words.slice(2, 4));
        words.splice(0, 4);
        ciphertext.sigBytes -= 16;
      }
      return CipherParams.create({ ciphertext, salt });
    },
  };
  format.Hex = {
    stringify: (params) => params.ciphertext.toString(enc.Hex),
    parse: (text) => CipherParams.create({ ciphertext: enc.Hex.parse(text) }),
  };

  for (const name of ['CBC', 'CFB', 'CTR', 'ECB', 'OFB']) mode[name] = { name };

  const last = (data) => data.words[(data.sigBytes - 1) >>> 2] & 0xff;
  const missing = (data, words) => words * 4 - (data.sigBytes % (words * 4));
  const fill = (count, byte) => fromBytes(count, byte);
  pad.Pkcs7 = {
    pad(data, words) { const count = missing(data, words); data.concat(fill(count, () => count)); },
    unpad(data) { data.sigBytes -= last(data); },
  };
  pad.AnsiX923 = {
    pad(data, words) { const count = missing(data, words); data.concat(fill(count, (i) => i === count - 1 ? count : 0)); },
    unpad: pad.Pkcs7.unpad,
  };
  pad.Iso10126 = {
    pad(data, words) {
      const count = missing(data, words), noise = WordArray.random(count);
      data.concat(fill(count, (i) => i === count - 1 ? count : byteAt(noise, i)));
    },
    unpad: pad.Pkcs7.unpad,
  };
  pad.ZeroPadding = {
    pad(data, words) { const count = missing(data, words) % (words * 4); data.concat(fill(count, () => 0)); },
    unpad(data) { while (data.sigBytes > 0 && !byteAt(data, data.sigBytes - 1)) data.sigBytes--; },
  };
  pad.Iso97971 = {
    pad(data, words) { data.concat(array([0x80000000], 1)); pad.ZeroPadding.pad(data, words); },
    unpad(data) { pad.ZeroPadding.unpad(data); data.sigBytes--; },
  };
  pad.NoPadding = { pad() {}, unpad() {} };

  const Cipher = lib.Cipher = Gathering.extend({
    keySize: 4,
    ivSize: 4,
    cfg: Base.extend(),
    createEncryptor(key, cfg) { return this.create(true, key, cfg); },
    createDecryptor(key, cfg) { return this.create(false, key, cfg); },
    init: function (forward, key, cfg) {
      this.cfg = this.cfg.extend(cfg);
      this._forward = forward;
      this._key = key;
      this.reset();
    },
    update(part) { Gathering.update.call(this, part); return array(); },
    _createHelper(cipher) {
      const kind = (key) => typeof key === 'string' ? lib.PasswordBasedCipher : lib.SerializableCipher;
      return {
        encrypt: (text, key, cfg) => kind(key).encrypt(cipher, text, key, cfg),
        decrypt: (text, key, cfg) => kind(key).decrypt(cipher, text, key, cfg),
      };
    },
    // All words of `data`, through the native cipher.
    _through(data, mode) {
      const { iv } = this.cfg, key = this._key;
      const chained = this.blockSize && mode !== 'ECB';
      if (chained && !iv) throw new TypeError("Cannot read property '0' of undefined");
      const unit = this.blockSize || 1, count = Math.ceil(size(data.sigBytes) / 4 / unit) * unit;
      const start = iv && (chained || !this.blockSize && this.ivSize) ? whole(iv, this.ivSize) : [];
      const words = native.cipher(`${this.name}-${mode}`, this._forward, wordsOf(key), key.sigBytes, start, whole(data, count));
      return array(words, data.sigBytes);
    },
  });
  const BlockCipher = lib.BlockCipher = Cipher.extend({
    cfg: Cipher.cfg.extend({ mode: mode.CBC, padding: pad.Pkcs7 }),
    blockSize: 4,
    finalize(part) {
      this.update(part);
      const { padding, mode } = this.cfg, data = this._data;
      if (this._forward) padding.pad(data, this.blockSize);
      const made = this._through(data, mode.name);
      if (!this._forward) padding.unpad(made);
      return made;
    },
  });
  const StreamCipher = lib.StreamCipher = Cipher.extend({
    finalize(part) {
      this.update(part);
      const drop = this.name === 'RC4Drop' ? this.cfg.drop : 0;
      if (!drop) return this._through(this._data, '');
      const whole = array(new Array(drop).fill(0)).concat(this._data);
      const made = this._through(whole, '');
      return array(made.words.slice(drop), this._data.sigBytes);
    },
  });

  lib.SerializableCipher = Base.extend({
    cfg: Base.extend({ format: format.OpenSSL }),
    encrypt(cipher, text, key, cfg) {
      cfg = this.cfg.extend(cfg);
      const made = cipher.createEncryptor(key, cfg), ciphertext = made.finalize(text);
      return CipherParams.create({
        ciphertext, key, iv: made.cfg.iv, algorithm: cipher, mode: made.cfg.mode, padding: made.cfg.padding,
        blockSize: cipher.blockSize, formatter: cfg.format,
      });
    },
    decrypt(cipher, given, key, cfg) {
      cfg = this.cfg.extend(cfg);
      return cipher.createDecryptor(key, cfg).finalize(this._parse(given, cfg.format).ciphertext);
    },
    _parse: (given, form) => typeof given === 'string' ? form.parse(given) : given,
  });
  lib.PasswordBasedCipher = lib.SerializableCipher.extend({
    cfg: lib.SerializableCipher.cfg.extend({ kdf: kdf.OpenSSL }),
    encrypt(cipher, text, password, cfg) {
      cfg = this.cfg.extend(cfg);
      const derived = cfg.kdf.execute(password, cipher.keySize, cipher.ivSize);
      cfg.iv = derived.iv;
      const params = lib.SerializableCipher.encrypt.call(this, cipher, text, derived.key, cfg);
      params.mixIn(derived);
      return params;
    },
    decrypt(cipher, given, password, cfg) {
      cfg = this.cfg.extend(cfg);
      given = this._parse(given, cfg.format);
      const derived = cfg.kdf.execute(password, cipher.keySize, cipher.ivSize, given.salt);
      cfg.iv = derived.iv;
      return lib.SerializableCipher.decrypt.call(this, cipher, given, derived.key, cfg);
    },
  });

  const block = (name, keySize, blockSize) => BlockCipher.extend({ name, keySize, ivSize: blockSize, blockSize });
  algo.AES = block('AES', 8, 4);
  algo.DES = block('DES', 2, 2);
  algo.TripleDES = block('TripleDES', 6, 2);
  algo.Rabbit = StreamCipher.extend({ name: 'Rabbit', keySize: 4, ivSize: 2 });
  algo.RC4 = StreamCipher.extend({ name: 'RC4', keySize: 8, ivSize: 0 });
  algo.RC4Drop = algo.RC4.extend({ name: 'RC4Drop', cfg: algo.RC4.cfg.extend({ drop: 192 }) });
  for (const name of Object.keys(algo)) if (algo[name].keySize) C[name] = Cipher._createHelper(algo[name]);
  return C;
})
