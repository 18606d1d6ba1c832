import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('property', '0001_initial'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Reading',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('meter_no', models.CharField(max_length=30, verbose_name='热表号')),
                ('on', models.DateField(verbose_name='抄表日期')),
                ('start', models.DecimalField(blank=True, decimal_places=3, max_digits=14, null=True, verbose_name='起数')),
                ('end', models.DecimalField(decimal_places=3, max_digits=14, verbose_name='止数')),
                ('unit', models.CharField(blank=True, choices=[('kWh', 'kWh'), ('GJ', 'GJ'), ('MWh', 'MWh')], max_length=4, verbose_name='单位')),
                ('rollover', models.BooleanField(default=False, verbose_name='翻转')),
                ('confirmed', models.BooleanField(default=True, verbose_name='已确认')),
                ('note', models.CharField(blank=True, max_length=500, verbose_name='备注')),
                ('batch_id', models.BigIntegerField(editable=False, null=True, verbose_name='导入批次')),
                ('created_at', models.DateTimeField(auto_now_add=True, verbose_name='录入时间')),
                ('reader', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='抄表员')),
                ('room', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='readings', to='property.room', verbose_name='户室')),
            ],
            options={
                'verbose_name': '抄表记录',
                'verbose_name_plural': '抄表记录',
                'ordering': ['-on', '-id'],
                'permissions': [('import_reading', '导入抄表')],
                'constraints': [models.UniqueConstraint(fields=('room', 'meter_no', 'on'), name='reading_once'), models.CheckConstraint(condition=models.Q(('end__gte', 0)), name='reading_not_negative')],
            },
        ),
    ]
