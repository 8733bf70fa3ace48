package org.lines4j.cli;

import java.io.DataInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.lang.classfile.ClassBuilder;
import java.lang.classfile.ClassElement;
import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassFile.ClassHierarchyResolverOption;
import java.lang.classfile.ClassFile.StackMapsOption;
import java.lang.classfile.ClassFileVersion;
import java.lang.classfile.ClassHierarchyResolver;
import java.lang.classfile.ClassModel;
import java.lang.classfile.ClassTransform;
import java.lang.constant.ClassDesc;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// Gives old class files, in the launcher's own copy of the libraries, a version that the JVM's AOT
/// cache can hold.
///
/// The cache leaves out what was compiled for Java 5, as picocli is, because such classes are
/// verified by a procedure of their own. They would be read and verified anew at every start, which
/// takes longer than anything else of it. A newer version wants stack maps in the methods; nothing
/// else of the classes changes.
final class OldClasses {
  /// Where in a class file it is.
  private static final int MAJOR_VERSION = 6;

  private static final int WITH_STACK_MAPS = ClassFile.JAVA_6_VERSION;
  private static final int NEW = ClassFile.JAVA_8_VERSION;

  private OldClasses() {}

  /// Renews the classes of a jar: all or, where one fails, none. A signed one stays as it is: its
  /// signature is good for nothing else.
  ///
  /// @return whether it may be changed
  static boolean renew(Path jar) throws IOException {
    try (FileSystem inside = FileSystems.newFileSystem(jar)) {
      Path root = inside.getPath("/");
      if (isSigned(root)) {
        return false;
      }
      ClassFile files =
          ClassFile.of(
              StackMapsOption.GENERATE_STACK_MAPS,
              ClassHierarchyResolverOption.of(
                  ClassHierarchyResolver.ofResourceParsing(type -> open(root, type))
                      .orElse(ClassHierarchyResolver.defaultResolver())));
      Map<Path, byte[]> renewed = new LinkedHashMap<>();
      for (Path entry : oldClasses(root)) {
        renewed.put(entry, renewed(files, files.parse(Files.readAllBytes(entry))));
      }
      // closing writes a new jar beside this one, which then takes its place
      for (Map.Entry<Path, byte[]> entry : renewed.entrySet()) {
        Files.write(entry.getKey(), entry.getValue());
      }
      return true;
    }
  }

  private static boolean isSigned(Path root) throws IOException {
    return !find(root, entry -> entry.startsWith("/META-INF") && entry.toString().endsWith(".SF"))
        .isEmpty();
  }

  private static List<Path> oldClasses(Path root) throws IOException {
    List<Path> old = new ArrayList<>();
    for (Path entry : find(root, entry -> entry.toString().endsWith(".class"))) {
      try (DataInputStream bytes = new DataInputStream(Files.newInputStream(entry))) {
        bytes.skipNBytes(MAJOR_VERSION);
        if (bytes.readUnsignedShort() < WITH_STACK_MAPS) {
          old.add(entry);
        }
      }
    }
    return old;
  }

  private static List<Path> find(Path root, Predicate<Path> wanted) throws IOException {
    try (Stream<Path> entries = Files.walk(root)) {
      return entries.filter(wanted).toList();
    }
  }

  private static byte[] renewed(ClassFile files, ClassModel old) {
    // methods are taken apart and put together again, which is when they get their stack maps
    ClassTransform methods =
        ClassTransform.transformingMethodBodies((code, element) -> code.with(element));
    return files.transformClass(old, methods.andThen(OldClasses::withNewVersion));
  }

  private static void withNewVersion(ClassBuilder type, ClassElement element) {
    if (element instanceof ClassFileVersion) {
      type.withVersion(NEW, 0);
    } else {
      type.with(element);
    }
  }

  private static @Nullable InputStream open(Path root, ClassDesc type) {
    String descriptor = type.descriptorString();
    Path entry = root.resolve(descriptor.substring(1, descriptor.length() - 1) + ".class");
    try {
      return Files.exists(entry) ? Files.newInputStream(entry) : null;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
