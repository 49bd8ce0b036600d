-- Text search folds case and accents in the same way on every Postgres: lower() of a cluster with --locale=C knows ASCII
-- only, and NFC and NFD of a name differed. The twin of domain/person/fold-text.ts; a test holds them equal.
CREATE FUNCTION fold_text(value text) RETURNS text LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $$
BEGIN
  -- Most names and addresses are ASCII, for which the long way gives an equal result.
  IF octet_length(value) = char_length(value) THEN
    RETURN regexp_replace(lower(value COLLATE "C"), '[^a-z0-9]', '', 'g');
  END IF;
  RETURN regexp_replace(
    replace(replace(replace(replace(replace(translate(normalize(value, NFKD),
        'øđðłħıĸŋŧƀəɨςґABCDEFGHIJKLMNOPQRSTUVWXYZÆÐØÞĐĦŁŊŒŦƁƂƄƆƇƉƊƋƎƏƐƑƓƔƖƗƘƜƝƟƢƤƦƧƩƬƮƱƲƳ'
        || 'ƵƷƸƼǤǶǷȜȠȢȤȺȻȽȾɁɃɄɅɆɈɊɌɎͰͲͶͿΑΒΓΔΕΖΗΘΙΚΛΜΝΞΟΠΡΣΤΥΦΧΨΩϏϘϚϜϞϠϢϤϦϨϪϬϮϷϺϽϾϿЂЄЅІЈЉЊЋЏА'
        || 'БВГДЕЖЗИКЛМНОПРСТУФХЦЧШЩЪЫЬЭЮЯѠѢѤѦѨѪѬѮѰѲѴѸѺѼѾҀҊҌҎҐҒҔҖҘҚҜҞҠҢҤҦҨҪҬҮҰҲҴҶҸҺҼҾӀӃӅӇӉӋӍ'
        || 'ӔӘӠӨӶӺӼӾԀԂԄԆԈԊԌԎԐԒԔԖԘԚԜԞԠԢԤԦԨԪԬԮԱԲԳԴԵԶԷԸԹԺԻԼԽԾԿՀՁՂՃՄՅՆՇՈՉՊՋՌՍՎՏՐՑՒՓՔՕՖ',
        'oddlhikntbeiσгabcdefghijklmnopqrstuvwxyzædoþdhlnœtɓƃƅɔƈɖɗƌǝeɛƒɠɣɩiƙɯɲɵƣƥʀƨʃƭʈʊʋƴ'
        || 'ƶʒƹƽǥƕƿȝƞȣȥⱥȼƚⱦɂbʉʌɇɉɋɍɏͱͳͷϳαβγδεζηθικλμνξοπρστυφχψωϗϙϛϝϟϡϣϥϧϩϫϭϯϸϻͻͼͽђєѕіјљњћџа'
        || 'бвгдежзиклмнопрстуфхцчшщъыьэюяѡѣѥѧѩѫѭѯѱѳѵѹѻѽѿҁҋҍҏгғҕҗҙқҝҟҡңҥҧҩҫҭүұҳҵҷҹһҽҿӏӄӆӈӊӌӎ'
        || 'ӕәӡөӷӻӽӿԁԃԅԇԉԋԍԏԑԓԕԗԙԛԝԟԡԣԥԧԩԫԭԯաբգդեզէըթժիլխծկհձղճմյնշոչպջռսվտրցւփքօֆ'), 'æ', 'ae'), 'œ', 'oe'), 'þ', 'th'), 'ß', 'ss'), 'ẞ', 'ss'),
    '[\u0001-\u002f\u003a-\u0060\u007b-\u00bf\u00d7\u00f7\u02b0-\u036f\u0483-\u0489\u0559-\u055f\u0589-\u058f\u0591-\u05c7\u05f3\u05f4\u060c\u0610-\u061f\u0640\u064b-\u065f\u066a-\u066d\u0670\u06d4-\u06dc\u06df-\u06e4\u06e7-\u06ed\u1ab0-\u1aff\u1dc0-\u1dff\u2000-\u206f\u20a0-\u20ff\u2190-\u2bff\u2e00-\u2e7f\u3000-\u3004\u3008-\u3020\u3030\u30fb\ufe00-\ufe0f\ufe20-\ufe2f\ufeff]', '', 'g');
END
$$;

-- The indexes of the searches move to the folded text. Building them folds all that is there.
DROP INDEX party_members_email_index;
DROP INDEX party_members_first_name_index;
DROP INDEX party_members_last_name_index;
DROP INDEX customers_first_name_index;
DROP INDEX customers_last_name_index;
CREATE INDEX party_members_email_index ON party_members (fold_text(email) text_pattern_ops);
CREATE INDEX party_members_first_name_index ON party_members (fold_text(first_name) text_pattern_ops);
CREATE INDEX party_members_last_name_index ON party_members (fold_text(last_name) text_pattern_ops);
CREATE INDEX customers_first_name_index ON customers (property_id, fold_text(first_name) text_pattern_ops);
CREATE INDEX customers_last_name_index ON customers (property_id, fold_text(last_name) text_pattern_ops);
CREATE INDEX customers_folded_email_index ON customers (property_id, fold_text(email) text_pattern_ops);
