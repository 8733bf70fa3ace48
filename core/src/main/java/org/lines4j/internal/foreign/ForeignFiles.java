package org.lines4j.internal.foreign;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemException;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;
import org.lines4j.error.Problem;
import org.lines4j.error.Remedy;
import org.lines4j.error.Shown;
import org.lines4j.storage.ByteSource;
import org.lines4j.storage.Location;
import org.lines4j.storage.Storage;
import org.lines4j.storage.Storage.Kind;

/// Files of other formats, told by their first bytes, and how their tensors become safetensors.
public final class ForeignFiles {
  private static final int BEGINNING = 512;

  private static final String TORCH =
      "import sys,torch,safetensors.torch as s;"
          + "d=torch.load(sys.argv[1],map_location='cpu',weights_only=True);"
          + "d=d.get('state_dict',d.get('model',d));"
          + "s.save_file({k:v.clone().contiguous() for k,v in d.items() if torch.is_tensor(v)},"
          + "sys.argv[2])";

  private static final String NUMPY =
      "import sys,numpy,safetensors.numpy as"
          + " s;s.save_file(dict(numpy.load(sys.argv[1])),sys.argv[2])";

  /// What it is and what to do.
  ///
  /// @param script of Python that makes safetensors of it: of two arguments, from and to
  private record Foreign(String name, String remedy, Optional<String> script) {
    static Foreign scripted(String name, String script) {
      return new Foreign(name, "save its tensors as safetensors first", Optional.of(script));
    }

    static Foreign of(String name, String remedy) {
      return new Foreign(name, remedy, Optional.empty());
    }

    Problem problem(Location file) {
      String command =
          script
              .map(
                  code ->
                      ": python -c \"%s\" %s %s"
                          .formatted(
                              code, Shown.word(file.text()), Shown.word(renamed(file.text()))))
              .orElse("");
      String wanted = script.filter(TORCH::equals).isPresent() ? SAFETENSORS : wanted(file.name());
      return Problem.of("%s, not %s".formatted(name, wanted))
          .withRemedy(Remedy.of(remedy + command));
    }
  }

  private static final String SAFETENSORS = "a safetensors file";

  private static final Pattern OF_PYTORCH = Pattern.compile(".+\\.(bin|pt|pth|ckpt)");

  private static final Pattern WEIGHTS = Pattern.compile(".+\\.(safetensors|gguf|bin|pt|pth|ckpt)");

  private static final int MOST_QUOTED = 60;

  private static final Foreign PICKLE =
      Foreign.scripted("a checkpoint of PyTorch (a pickle)", TORCH);

  private static final Foreign TEXT =
      Foreign.of("a text", "name the folder or file that holds the weights");

  private static final Foreign INDEX =
      Foreign.of("an index of the files of a model", "name the folder that holds it and them");

  private static final Foreign YAML =
      Foreign.of("a YAML text, such as a recipe", "merge what it says first, and name the output");

  /// What makes a model of an archive of NeMo 1.
  static final String NEMO =
      "convert it with the script for its family in NeMo's scripts/checkpoint_converters, such as"
          + " convert_llama_nemo_to_hf.py; or unpack it with tar, where it holds a"
          + " model_weights.ckpt, which can be read";

  private static final String UNPACK = "unpack it first";

  /// @param at where the bytes stand
  /// @param latin the bytes, as characters of ISO 8859-1
  private record Magic(int at, String latin, Foreign foreign) {
    static Magic of(int at, String latin, Foreign foreign) {
      return new Magic(at, latin, foreign);
    }

    boolean isIn(byte[] start) {
      byte[] bytes = latin.getBytes(StandardCharsets.ISO_8859_1);
      return start.length >= at + bytes.length
          && Arrays.equals(start, at, at + bytes.length, bytes, 0, bytes.length);
    }
  }

  /// What a clone holds in place of a file that was not fetched.
  private static final Magic POINTER =
      Magic.of(
          0,
          "version https://git-lfs",
          Foreign.of("a pointer of Git LFS, not the file itself", "fetch it with 'git lfs pull'"));

  /// No pointer is longer, in bytes.
  public static final int LONGEST_POINTER = 1024;

  private static final List<Magic> MAGICS =
      List.of(
          ggml("tjgg"),
          ggml("fmgg"),
          ggml("lmgg"),
          ggml("GGML"),
          Magic.of(
              0,
              "\u0089HDF\r\n\u001a\n",
              Foreign.of(
                  "an HDF5 file, as Keras and TensorFlow write",
                  "save its arrays with safetensors.numpy.save_file first")),
          Magic.of(
              0,
              "\u0093NUMPY",
              Foreign.of(
                  "a single array of NumPy", "save it with safetensors.numpy.save_file first")),
          Magic.of(
              4,
              "TFL3",
              Foreign.of("a model of TensorFlow Lite", "give the model that it was made from")),
          POINTER,
          unpacked("\u001f\u008b", "gzip"),
          unpacked("BZh", "bzip2"),
          unpacked("(\u00b5/\u00fd", "Zstandard"),
          unpacked("\u00fd7zXZ\u0000", "xz"),
          unpacked("7z\u00bc\u00af'\u001c", "7-Zip"),
          Magic.of(257, "ustar", Foreign.of("a tar archive", UNPACK)));

  private ForeignFiles() {}

  private static Magic ggml(String magic) {
    return Magic.of(
        0,
        magic,
        Foreign.of(
            "a model of llama.cpp in a format before GGUF",
            "make it again with its converter of today"));
  }

  private static Magic unpacked(String magic, String program) {
    return Magic.of(0, magic, Foreign.of("a file packed by " + program, UNPACK));
  }

  /// What the file is instead of safetensors and what to do; empty if it is nothing known.
  public static Optional<Problem> problem(ByteSource file) throws IOException {
    byte[] start = new byte[(int) Math.min(file.size(), BEGINNING)];
    file.read(0, MemorySegment.ofArray(start));
    return recognise(start)
        .map(foreign -> foreign.equals(TEXT) && isNamed(file.location()) ? answer(start) : foreign)
        .map(foreign -> foreign.equals(TEXT) && isYaml(file.location()) ? YAML : foreign)
        .map(foreign -> foreign.equals(TEXT) && isIndex(file.location()) ? INDEX : foreign)
        .map(foreign -> isOfNemo(foreign, file.location()) ? ofNemo(foreign) : foreign)
        .map(foreign -> foreign.problem(file.location()));
  }

  /// What a file should be, by its name.
  private static String wanted(String file) {
    return OF_PYTORCH.matcher(file).matches() ? "a checkpoint of PyTorch" : SAFETENSORS;
  }

  private static boolean isNamed(Location file) {
    return WEIGHTS.matcher(file.name()).matches();
  }

  /// What a server may have said in place of a file, by its first line.
  private static Foreign answer(byte[] start) {
    String line =
        new String(start, StandardCharsets.ISO_8859_1).strip().lines().findFirst().orElse("");
    String quoted = line.length() > MOST_QUOTED ? line.substring(0, MOST_QUOTED) + "…" : line;
    return Foreign.of(
        "a text (%s)".formatted(Shown.of(quoted)),
        "download it again: this may be what a server answered in place of it");
  }

  private static boolean isOfNemo(Foreign archive, Location file) {
    return archive.remedy().equals(UNPACK) && file.name().endsWith(".nemo");
  }

  private static Foreign ofNemo(Foreign archive) {
    return Foreign.of("a model of NeMo 1 (%s)".formatted(archive.name()), NEMO);
  }

  /// That a file of any kind, such as a configuration, is not the file itself; empty if it is.
  public static Optional<Problem> pointer(ByteSource file) throws IOException {
    if (file.size() > LONGEST_POINTER) {
      return Optional.empty();
    }
    byte[] bytes = new byte[(int) file.size()];
    file.read(0, MemorySegment.ofArray(bytes));
    return POINTER.isIn(bytes)
        ? Optional.of(
            Problem.of(POINTER.foreign().name()).withRemedy(Remedy.of(POINTER.foreign().remedy())))
        : Optional.empty();
  }

  /// What a file is that is not open; empty, too, if it cannot be read.
  public static Optional<Problem> problem(Storage storage, Location place) throws IOException {
    if (storage.kind(place) != Kind.FILE) {
      return Optional.empty();
    }
    try (ByteSource file = storage.open(place)) {
      return problem(file);
    } catch (FileSystemException _) {
      return Optional.empty();
    }
  }

  private static Optional<Foreign> recognise(byte[] start) {
    Optional<Foreign> byMagic =
        MAGICS.stream().filter(magic -> magic.isIn(start)).map(Magic::foreign).findFirst();
    if (byMagic.isPresent()) {
      return byMagic;
    }
    String latin = new String(start, StandardCharsets.ISO_8859_1);
    if (latin.startsWith("PK\3\4")) {
      return Optional.of(zip(latin));
    }
    if (isPickle(latin)) {
      return Optional.of(PICKLE);
    }
    if (latin.matches("\\x08[\\x01-\\x20][\\x12\\x1a\\x22\\x2a\\x3a\\x42](?s:.*)")) {
      return Optional.of(
          Foreign.of("probably a graph of ONNX", "give the model that it was exported from"));
    }
    if (latin.matches("[\\x81-\\x8f\\xde\\xdf](?s:.){0,4}[\\xa1-\\xbf\\xd9](?s:.*)")) {
      return Optional.of(
          Foreign.of(
              "probably MessagePack, as Flax writes",
              "save its arrays with safetensors.flax.save_file first"));
    }
    return text(latin);
  }

  /// A pickle's protocol from 2 on, then what it can begin with: a frame, a number, a container, a
  /// name.
  private static boolean isPickle(String latin) {
    return latin.matches("\\x80[\\x02-\\x05][\\x95\\x8a}\\]\\)\\(cKJMXV\\x8c](?s:.*)");
  }

  /// A zip archive, by the first name in it.
  private static Foreign zip(String latin) {
    int length = latin.length() < 30 ? 0 : latin.charAt(26) | latin.charAt(27) << 8;
    String first = latin.substring(Math.min(30, latin.length()));
    String name = first.substring(0, Math.min(length, first.length()));
    if (name.endsWith("/data.pkl") || name.endsWith("/.format_version")) {
      return Foreign.scripted("a checkpoint of PyTorch (a zip archive with data.pkl)", TORCH);
    }
    if (name.endsWith(".npy")) {
      return Foreign.scripted("arrays of NumPy (.npz)", NUMPY);
    }
    return Foreign.of(
        "a zip archive, its first file " + Shown.of(name),
        "unpack it, or save what it holds as safetensors, first");
  }

  private static Optional<Foreign> text(String latin) {
    String lower = latin.stripLeading().toLowerCase(Locale.ROOT);
    if (lower.startsWith("<!doctype html") || lower.startsWith("<html")) {
      return Optional.of(
          Foreign.of("a web page", "download the file itself: an address may lead to its page"));
    }
    if (!latin.isEmpty() && latin.chars().allMatch(c -> c == 0)) {
      return Optional.of(
          Foreign.of("nothing but zeros at its start", "download it again: it was not completed"));
    }
    if (latin.chars().allMatch(c -> (c >= ' ' && c < 127) || c == '\n' || c == '\r' || c == '\t')
        && !latin.isEmpty()) {
      return Optional.of(TEXT);
    }
    return Optional.empty();
  }

  private static boolean isYaml(Location file) {
    return file.name().endsWith(".yml") || file.name().endsWith(".yaml");
  }

  private static boolean isIndex(Location file) {
    return file.name().matches(".*\\.index(\\.[\\w-]+)?\\.json");
  }

  private static String renamed(String path) {
    int dot = path.lastIndexOf('.');
    boolean hasEnding = dot > path.lastIndexOf('/') + 1;
    return (hasEnding ? path.substring(0, dot) : path) + ".safetensors";
  }
}
