package org.lines4j.quantised;

import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.StringJoiner;
import org.lines4j.error.InputException;
import org.lines4j.format.Companion;
import org.lines4j.format.Companions;
import org.lines4j.storage.Location;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.core.json.JsonReadFeature;

/// What a folder's configuration says of quantisation.
///
/// @param file that says so
/// @param method its name for it, in lower case
/// @param settings of texts, numbers and truth values, by name
record QuantisationConfig(Location file, String method, Map<String, String> settings) {
  private static final JsonFactory JSON =
      JsonFactory.builder().enable(JsonReadFeature.ALLOW_NON_NUMERIC_NUMBERS).build();

  private static final long LONGEST = 10_000_000;
  private static final int MOST_LIST = 64;

  /// Where transformers and its forerunners look.
  private static final List<String> FILES =
      List.of("config.json", "hf_quant_config.json", "quantize_config.json", "quant_config.json");

  private static final Set<String> ENTRIES =
      Set.of("quantization_config", "compression_config", "quantization");

  private static final Map<String, Scheme> METHODS =
      Map.ofEntries(
          Map.entry("fbgemm_fp8", Scheme.FP8_CHANNEL),
          Map.entry("mxfp4", Scheme.MXFP4),
          Map.entry("gptq", Scheme.GPTQ),
          Map.entry("awq", Scheme.AWQ),
          Map.entry("hqq", Scheme.HQQ),
          Map.entry("aqlm", Scheme.AQLM),
          Map.entry("exl2", Scheme.EXL2),
          Map.entry("exl3", Scheme.EXL3),
          Map.entry("vptq", Scheme.VPTQ),
          Map.entry("eetq", Scheme.EETQ),
          Map.entry("bitnet", Scheme.BITNET),
          Map.entry("quanto", Scheme.QUANTO),
          Map.entry("torchao", Scheme.TORCHAO),
          Map.entry("mlx", Scheme.MLX));

  /// Files that are nothing but such a configuration.
  private static final Set<String> WHOLE = Set.of("quantize_config.json", "quant_config.json");

  /// Copies its map.
  QuantisationConfig {
    settings = Map.copyOf(settings);
  }

  /// What the configurations in `folder` say; one that is no JSON says nothing.
  static Optional<QuantisationConfig> read(Companions folder) throws IOException {
    for (String name : FILES) {
      Optional<Companion> file = folder.own(name);
      if (file.isPresent() && file.get().size() <= LONGEST) {
        Optional<QuantisationConfig> config = readFile(file.get());
        if (config.isPresent()) {
          return config;
        }
      }
    }
    return Optional.empty();
  }

  /// Checks that the configuration in `folder`, if there is one, can be read to its end, so that
  /// what it says of codes is not missed.
  ///
  /// @throws InputException if it is not JSON
  static void check(Companions folder) throws IOException {
    Optional<Companion> file = folder.own(FILES.getFirst());
    if (file.isEmpty()) {
      return;
    }
    byte[] bytes = file.get().bytes(LONGEST);
    try (JsonParser json = JSON.createParser(ObjectReadContext.empty(), bytes)) {
      if (json.nextToken() != JsonToken.START_OBJECT) {
        throw new InputException(file.get().location(), "expected a JSON object");
      }
      json.skipChildren();
      if (json.currentToken() != JsonToken.END_OBJECT) {
        throw new InputException(file.get().location(), "truncated: the JSON object does not end");
      }
    } catch (JacksonException e) {
      throw new InputException(file.get().location(), "malformed JSON: " + e.getOriginalMessage());
    }
  }

  private static Optional<QuantisationConfig> readFile(Companion file) throws IOException {
    byte[] bytes = file.bytes(LONGEST);
    try (JsonParser json = JSON.createParser(ObjectReadContext.empty(), bytes)) {
      Location place = file.location();
      boolean whole = WHOLE.contains(place.name());
      if (whole) {
        return json.nextToken() == JsonToken.START_OBJECT
            ? of(place, "quantization_config", settings(json))
            : Optional.empty();
      }
      while (json.nextToken() != null) {
        if (json.currentToken() == JsonToken.PROPERTY_NAME
            && ENTRIES.contains(json.currentName())) {
          String entry = json.currentName();
          if (json.nextToken() == JsonToken.START_OBJECT) {
            Optional<QuantisationConfig> config = of(place, entry, settings(json));
            if (config.isPresent()) {
              return config;
            }
          }
        }
      }
    } catch (JacksonException _) {
      return Optional.empty(); // what reads the rest of the file tells that it is no JSON
    }
    return Optional.empty();
  }

  /// The plain entries of an object that the parser has entered, to its end; those of objects
  /// within under both names with a dot between, short lists of numbers as `[128,128]`.
  private static Map<String, String> settings(JsonParser json) {
    Map<String, String> settings = new HashMap<>();
    addSettings(json, "", settings);
    return settings;
  }

  private static void addSettings(JsonParser json, String prefix, Map<String, String> settings) {
    for (JsonToken token = json.nextToken();
        token != null && token != JsonToken.END_OBJECT;
        token = json.nextToken()) {
      String name = prefix + json.currentName();
      JsonToken value = json.nextToken();
      if (value == JsonToken.START_OBJECT) {
        addSettings(json, name + ".", settings);
      } else if (value == JsonToken.START_ARRAY) {
        list(json).ifPresent(list -> settings.put(name, list));
      } else if (value != JsonToken.VALUE_NULL) {
        settings.put(name, json.getString());
      }
    }
  }

  /// A list of numbers that the parser has entered, to its end; empty for a long or another one.
  private static Optional<String> list(JsonParser json) {
    StringJoiner numbers = new StringJoiner(",", "[", "]");
    boolean isShort = true;
    for (JsonToken token = json.nextToken();
        token != null && token != JsonToken.END_ARRAY;
        token = json.nextToken()) {
      isShort &= token == JsonToken.VALUE_NUMBER_INT && numbers.length() < MOST_LIST;
      if (isShort) {
        numbers.add(json.getString());
      } else {
        json.skipChildren();
      }
    }
    return isShort ? Optional.of(numbers.toString()) : Optional.empty();
  }

  /// Whether codes of its method are computed with.
  boolean isComputed() {
    return switch (method) {
      case "fp8", "fbgemm_fp8", "mxfp4" -> true;
      case "compressed-tensors" -> scheme() == Scheme.COMPRESSED_FP8;
      default -> false;
    };
  }

  /// Whether scales are powers of two.
  boolean hasExponents() {
    return "ue8m0".equals(settings.get("scale_fmt"));
  }

  private static Optional<QuantisationConfig> of(
      Location file, String entry, Map<String, String> settings) {
    return method(entry, settings)
        .map(name -> new QuantisationConfig(file, name.toLowerCase(Locale.ROOT), settings));
  }

  private static Optional<String> method(String entry, Map<String, String> settings) {
    String method = settings.get("quant_method");
    if (method != null) {
      return Optional.of(method);
    }
    if (settings.containsKey("quant_algo")) {
      return Optional.of("modelopt");
    }
    if (isTrue(settings, "load_in_4bit") || isTrue(settings, "load_in_8bit")) {
      return Optional.of("bitsandbytes");
    }
    if (entry.equals("quantization")) {
      return settings.containsKey("bits") ? Optional.of("mlx") : Optional.empty();
    }
    if (settings.containsKey("desc_act")) {
      return Optional.of("gptq");
    }
    return settings.containsKey("w_bit") ? Optional.of("awq") : Optional.empty();
  }

  private static boolean isTrue(Map<String, String> settings, String name) {
    return "true".equals(settings.get(name));
  }

  /// The scheme, as far as the configuration alone tells.
  Scheme scheme() {
    return switch (method) {
      case "bitsandbytes" -> bitsAndBytes();
      case "fp8" -> {
        boolean blocks = !"static".equals(settings.get("activation_scheme"));
        yield blocks ? Scheme.FP8_BLOCK : Scheme.FP8_TENSOR;
      }
      case "compressed-tensors" -> compressed(settings.getOrDefault("format", ""));
      case "modelopt" -> modelOpt(settings.getOrDefault("quant_algo", ""));
      default -> METHODS.getOrDefault(method, Scheme.UNKNOWN);
    };
  }

  private Scheme bitsAndBytes() {
    if (isTrue(settings, "load_in_4bit")) {
      return Scheme.BITSANDBYTES_4BIT;
    }
    return isTrue(settings, "load_in_8bit") ? Scheme.BITSANDBYTES_8BIT : Scheme.BITSANDBYTES;
  }

  private static Scheme compressed(String format) {
    return switch (format) {
      case "float-quantized", "naive-quantized" -> Scheme.COMPRESSED_FP8;
      case "int-quantized" -> Scheme.COMPRESSED_INT8;
      case "pack-quantized" -> Scheme.COMPRESSED_PACK;
      case "nvfp4-pack-quantized" -> Scheme.COMPRESSED_NVFP4;
      case "mxfp4-pack-quantized" -> Scheme.COMPRESSED_MXFP4;
      default -> Scheme.COMPRESSED;
    };
  }

  private static Scheme modelOpt(String algorithm) {
    return switch (algorithm) {
      case "FP8" -> Scheme.MODELOPT_FP8;
      case "NVFP4" -> Scheme.MODELOPT_NVFP4;
      default -> Scheme.MODELOPT;
    };
  }

  /// Whether its quantised weights always have companions with names that are known here, so that
  /// weights without them are plain. torchao's may be any tensor's.
  boolean hasKnownNames() {
    Scheme scheme = scheme();
    return scheme != Scheme.UNKNOWN && scheme != Scheme.TORCHAO;
  }
}
