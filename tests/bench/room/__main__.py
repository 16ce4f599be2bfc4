from tests.bench.room.bench import main

main()
